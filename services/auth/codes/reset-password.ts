// A new password for who can read the account's mail. It ends whatever the old one had opened.
import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Database, Statement } from "../../../database/database.ts";
import { record } from "../../../events/outbox/record.ts";
import { codeInvalid } from "../errors.ts";
import { endAllSessions } from "../sessions/end-sessions.ts";
import { digestOfCode } from "./issue-code.ts";

const GOOD = "code_hash = $1 and kind = 'reset_password' and spent_at is null and expires_at > $2";
const FIND: Statement = {
  name: "mail_requests_find_account",
  text: `select email from mail_requests join credentials using (user_id) where ${GOOD}`,
};
// Of many who use it at once one finds it unspent.
const SPEND: Statement = {
  name: "mail_requests_spend",
  text: `update mail_requests set spent_at = $2 where ${GOOD} returning user_id as "userId"`,
};
const SET: Statement = {
  name: "credentials_reset_password",
  text: `update credentials set password_hash = $2, password_version = password_version + 1, updated_at = $3,
      -- Whoever reads the mail has the address.
      verified_at = coalesce(verified_at, $3)
    where user_id = $1 and disabled_at is null returning password_version as version`,
};

/** The address of the account that a code is good for, without using it. @throws CODE_INVALID (422) */
export async function accountOfCode(db: Database, code: string, now: Date): Promise<string> {
  const [found] = await db.query<{ email: string }>(FIND, [digestOfCode(code), now]);
  if (found === undefined) throw codeInvalid();
  return found.email;
}

/** @throws CODE_INVALID (422): unknown, used, replaced by a newer one, or older than ten minutes */
export async function resetPassword(
  db: Database,
  { code, passwordHash }: { code: string; passwordHash: string },
  { now, origin }: { now: Date; origin: Origin },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [spent] = await tx.query<{ userId: string }>(SPEND, [digestOfCode(code), now]);
    if (spent === undefined) throw codeInvalid();
    const { userId } = spent;
    const [changed] = await tx.query<{ version: number }>(SET, [userId, passwordHash, now]);
    if (changed === undefined) throw codeInvalid();
    record(tx, [
      {
        type: "auth.password_changed",
        aggregateId: userId,
        aggregateVersion: changed.version,
        data: { userId },
        occurredAt: now,
        origin,
      },
    ]);
    await endAllSessions(tx, userId, { why: "password_changed", now, origin });
  });
}
