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

/**
 * Reads clients' addresses, and warns once when there seems to be a proxy that nobody told of: then all clients have one address,
 * the proxy's, and what is counted against one of them is held against all.
 */
export function clientAddresses(trustedHops: number, warn: (message: string) => void) {
  let warned = false;
  return (req: IncomingMessage): string => {
    if (trustedHops === 0 && !warned && req.headers["x-forwarded-for"] !== undefined) {
      warned = true;
      warn("X-Forwarded-For came, and no proxy is trusted: if there is one in front, set TRUSTED_PROXY_HOPS");
    }
    return clientAddress(req, trustedHops);
  };
}
