// The code of a mail that is about to be sent. It is told to who sends it, once, and kept nowhere but as its digest.
import { hash, randomBytes } from "node:crypto";
import type { Database, Statement } from "../../../database/database.ts";
import type { MailKind } from "./request-mail.ts";

/** How long a code is good, from the moment that its mail is written. */
export const CODE_LIVES_MS = 10 * 60_000;
/** A mail that could not be sent for longer is no answer to what was asked any more. */
const STALE_AFTER_MS = 3_600_000;

export interface IssuedCode {
  userId: string;
  email: string;
  kind: MailKind;
  /** 128 random bits, 22 characters that stand in a URL as they are. */
  code: string;
}

const ISSUE: Statement = {
  name: "mail_requests_issue",
  text: `update mail_requests as request set code_hash = $2, expires_at = $3
    from credentials as account
    where request.id = $1 and request.spent_at is null and request.requested_at > $4
      and account.user_id = request.user_id and account.disabled_at is null
      -- Whose address is known meanwhile is not asked for it.
      and (request.kind <> 'verify_email' or account.verified_at is null)
    returning request.user_id as "userId", account.email, request.kind`,
};

export const digestOfCode = (code: string): Buffer => Buffer.from(hash("sha256", code, "hex"), "hex");

/** @returns null where nothing is to be sent any more. Asked again it makes another code, and the one before is void. */
export async function issueCode(db: Database, requestId: string, now: Date): Promise<IssuedCode | null> {
  const code = randomBytes(16).toString("base64url");
  const until = new Date(now.getTime() + CODE_LIVES_MS);
  const stale = new Date(now.getTime() - STALE_AFTER_MS);
  const [issued] = await db.query<Omit<IssuedCode, "code"> & Record<string, unknown>>(ISSUE, [
    requestId,
    digestOfCode(code),
    until,
    stale,
  ]);
  return issued === undefined ? null : { ...issued, code };
}
