// Headers that become parameters.
import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Idempotency } from "../../../contract/fields.ts";
import { invalid } from "../../../contract/refusals.ts";
import { refuse } from "../errors.ts";

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

/** The version that `If-Match` names, as the ETag showed it. @throws PRECONDITION_REQUIRED (428), VALIDATION_FAILED (400) */
export function ifVersion({ headers }: IncomingMessage): number {
  const header = headers["if-match"];
  if (header === undefined) throw refuse("precondition_required");
  const version = /^"(0|[1-9]\d{0,14})"$/.exec(header)?.[1];
  if (version === undefined) {
    throw invalid({
      parameter: "If-Match",
      code: "pattern",
      message: 'must be one ETag as this server gave it, e.g. "3"',
    });
  }
  return Number(version);
}

export const prefersAsync = ({ headers }: IncomingMessage): boolean => {
  const { prefer } = headers;
  return prefer !== undefined && /(?:^|,)\s*respond-async\s*(?:[;,]|$)/i.test(String(prefer));
};
