// Headers that become parameters.
import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Idempotency } from "../../../contract/fields.ts";
import { invalid } from "../../../contract/refusals.ts";
import type { IfVersion } from "../../../contract/versions.ts";
import { refuse } from "../errors.ts";
import { parseEntityTags } from "./entity-tags.ts";

const VERSION = /^(?:0|[1-9]\d{0,14})$/;
const MAX_VERSIONS = 50;
const KEY = /^[\x20-\x7e]{1,255}$/;

/** The `Idempotency-Key`, checked. @throws IDEMPOTENCY_KEY_MISSING, VALIDATION_FAILED (400) */
export function idempotencyKey({ headers }: IncomingMessage, need: "required" | "optional"): string | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined || key === "") {
    if (need === "required") throw refuse("idempotency_key_missing");
    return undefined;
  }
  if (typeof key !== "string" || !KEY.test(key)) {
    throw invalid({
      parameter: "Idempotency-Key",
      code: "pattern",
      message: "must be 1 to 255 printable ASCII characters",
    });
  }
  return key;
}

/** The key with a digest of what was asked, so that the same key on another request is noticed. */
export const idempotencyOf = (key: string, method: string, path: string, body: Buffer): Idempotency => ({
  key,
  fingerprint: hash("sha256", Buffer.concat([Buffer.from(`${method} ${path}\n`), body]), "base64url"),
});

/**
 * The versions that `If-Match` names. Comparison is strong: a weak tag, as a tag of somebody else, is never the present one.
 * @throws PRECONDITION_REQUIRED (428), VALIDATION_FAILED (400)
 */
export function ifVersion({ headers }: IncomingMessage): IfVersion {
  const header = headers["if-match"];
  if (header === undefined) throw refuse("precondition_required");
  const tags = parseEntityTags(header);
  if (tags === undefined) {
    throw invalid({
      parameter: "If-Match",
      code: "pattern",
      message: 'must be ETags as this server gave them, e.g. "3"',
    });
  }
  if (tags === "*") return tags;
  const versions = tags.filter(({ weak, opaque }) => !weak && VERSION.test(opaque)).map(({ opaque }) => Number(opaque));
  // One alone travels as a number, which the release before understands as well.
  return versions.length === 1 ? (versions[0] as number) : versions.slice(0, MAX_VERSIONS);
}

export const prefersAsync = ({ headers }: IncomingMessage): boolean => {
  const { prefer } = headers;
  return prefer !== undefined && /(?:^|,)\s*respond-async\s*(?:[;,]|$)/i.test(String(prefer));
};
