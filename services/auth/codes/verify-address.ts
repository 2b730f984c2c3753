// Whether an account's address is its owner's. Until that is shown, nothing is mailed there but what asks for it.
import type { Database, Statement } from "../../../database/database.ts";
import { codeInvalid } from "../errors.ts";
import { digestOfCode } from "./issue-code.ts";

// By who is signed in to the account: whoever opens one with somebody else's address never sees the code, and whoever sees it
// does not make that one's password good.
const VERIFY: Statement = {
  name: "mail_requests_verify",
  text: `with spent as (
      update mail_requests set spent_at = $3
      where code_hash = $1 and user_id = $2 and kind = 'verify_email' and spent_at is null and expires_at > $3
      returning user_id
    )
    update credentials set verified_at = coalesce(verified_at, $3), updated_at = $3 from spent
    where credentials.user_id = spent.user_id returning credentials.user_id`,
};
const MARK: Statement = {
  name: "credentials_mark_verified",
  text: "update credentials set verified_at = coalesce(verified_at, $2) where user_id = $1",
};
const UNVERIFIED: Statement = {
  name: "credentials_unverified",
  text: "select user_id as id from credentials where user_id = any($1::uuid[]) and verified_at is null",
};

/** @throws CODE_INVALID (422): unknown, used, replaced, too old, or another account's */
export async function verifyAddress(
  db: Database,
  { userId, code }: { userId: string; code: string },
  now: Date,
): Promise<void> {
  const verified = await db.query(VERIFY, [digestOfCode(code), userId, now]);
  if (verified.length === 0) throw codeInvalid();
}

/** By whoever runs the system, who knows. */
export async function markVerified(db: Database, userId: string, now: Date): Promise<void> {
  await db.query(MARK, [userId, now]);
}

/** Those of the accounts whose address was not shown to be theirs. Who has no account is none of them: the shop knows them. */
export const findUnverified = async (db: Database, userIds: readonly string[]): Promise<string[]> =>
  (await db.query<{ id: string }>(UNVERIFIED, [userIds])).map(({ id }) => id);
