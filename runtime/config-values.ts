// How single values of the environment are read. Each throws an Error with a sentence that names the setting.
import { isIPv4 } from "node:net";

export type Env = Readonly<Record<string, string | undefined>>;

export const list = (value: string | undefined): string[] =>
  (value ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

export function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  if (!allowed.includes(value as T)) throw new Error(`${name} may be ${allowed.join(", ")}, not ${value}`);
  return value as T;
}

export const yesOrNo = (name: string, value: string | undefined, byDefault: boolean): boolean =>
  value ? oneOf(name, value, ["true", "false"]) === "true" : byDefault;

/** An IANA name, and never an offset, which knows no summer. Spelt as the system spells it, so that case makes no difference. */
export function timeZone(name: string, value: string | undefined, byDefault: string): string {
  if (!value) return byDefault;
  try {
    if (/^[+-]/.test(value)) throw new RangeError("an offset");
    const { timeZone: known } = new Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions();
    return known.toLowerCase() === value.toLowerCase() ? known : value;
  } catch {
    throw new Error(`${name} must be the IANA name of a time zone, e.g. Europe/Berlin, not ${value}`);
  }
}

export function integer(
  name: string,
  value: string | undefined,
  { byDefault, min, max }: { byDefault: number; min: number; max: number },
): number {
  if (value === undefined || value === "") return byDefault;
  const number = Number(value);
  if (!Number.isInteger(number) || number < min || number > max) {
    throw new Error(`${name} must be a whole number from ${min} to ${max}, not ${value}`);
  }
  return number;
}

/** Whether only this machine can reach it. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || host === "[::1]" || (isIPv4(host) && host.startsWith("127."));
