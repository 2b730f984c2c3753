// ETags: how one is made, and whether a client has it already (RFC 9110, 8.8.3 and 13.1.2).
import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** A strong ETag of these bytes. */
export const digestTag = (content: string | Buffer): string => `"${hash("sha256", content, "base64url").slice(0, 27)}"`;

/** Whether the client has this representation already. Comparison is weak, as If-None-Match asks. */
export function isFresh({ headers }: IncomingMessage, etag: string): boolean {
  const known = headers["if-none-match"];
  if (known === undefined) return false;
  return known.split(",").some((each) => {
    const tag = each.trim();
    return tag === "*" || tag === etag || tag === `W/${etag}`;
  });
}
