// ETags: how one is made, and whether a client has it already (RFC 9110, 8.8.3 and 13.1.2).
import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { parseEntityTags } from "../request/entity-tags.ts";

/** A strong ETag of these bytes. */
export const digestTag = (content: string | Buffer): string => `"${hash("sha256", content, "base64url").slice(0, 27)}"`;

/** Whether the client has this representation already. Comparison is weak, as If-None-Match asks. */
export function isFresh({ headers }: IncomingMessage, etag: string): boolean {
  const known = parseEntityTags(headers["if-none-match"] ?? "");
  return known === "*" || (known?.some(({ opaque }) => `"${opaque}"` === etag) ?? false);
}
