import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/**
 * The client's address: the connection's own, or the entry of X-Forwarded-For that the outermost trusted proxy wrote.
 * @param trustedHops proxies of ours in front; each appends one entry, so what lies further left is the client's claim
 */
export function clientAddress(req: IncomingMessage, trustedHops: number): string {
  // IPv4 on a socket for both families shows as IPv6; one client should not have two names.
  const own = (req.socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
  if (trustedHops === 0) return own;
  const forwarded = req.headers["x-forwarded-for"];
  const entries = (Array.isArray(forwarded) ? forwarded.join(",") : (forwarded ?? "")).split(",");
  // Too few entries: the request did not come through the proxies, so nothing in the header can be trusted.
  const claimed = entries.at(-trustedHops)?.trim() ?? "";
  return isIP(claimed) === 0 ? own : claimed;
}
