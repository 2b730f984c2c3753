import { isIPv6 } from "node:net";

/**
 * What one client usually has all of: its IPv4 address, or the first 64 bits of its IPv6 address, of which it may use any.
 * Anything else stays as it is.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? (isIPv6(address) ? firstGroups(address, 4) : address);
}

/** What one customer of a provider may have all of, 65,536 networks: the first 48 bits. Undefined for what is not IPv6. */
export function siteOf(address: string): string | undefined {
  return isIPv6(networkOf(address)) ? firstGroups(address, 3) : undefined;
}

/** Who takes turns with whom: whoever has a site has it all, with all its networks. */
export const shareOf = (address = ""): string => siteOf(address) ?? networkOf(address);

function firstGroups(address: string, count: number): string {
  const [head = "", tail] = address.toLowerCase().split("%")[0]!.split("::");
  const before = head.split(":").filter(Boolean);
  const after = (tail ?? "").split(":").filter(Boolean);
  // An address with "::" has as many zeroes there as are missing from eight.
  const zeroes = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(zeroes).fill("0"), ...after];
  return `${groups
    .slice(0, count)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::`;
}
