// Whether an account may be entered at all. Disabling it ends all its sessions in the same transaction.
import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Database, Statement } from "../../../database/database.ts";
import { accountNotFound } from "../errors.ts";
import { endAllSessions } from "../sessions/end-sessions.ts";

const DISABLE: Statement = {
  name: "credentials_disable",
  text: "update credentials set disabled_at = coalesce(disabled_at, $2), updated_at = $2 where user_id = $1 returning user_id",
};
const ENABLE: Statement = {
  name: "credentials_enable",
  text: "update credentials set disabled_at = null, updated_at = $2 where user_id = $1 returning user_id",
};

interface Occasion {
  now: Date;
  origin: Origin;
}

/** @throws ACCOUNT_NOT_FOUND (404) */
export async function disableAccount(db: Database, userId: string, occasion: Occasion): Promise<void> {
  await db.transaction(async (tx) => {
    // Locked before the sessions are looked for: a log-in under way opens its session before, or not at all.
    if ((await tx.query(DISABLE, [userId, occasion.now])).length === 0) throw accountNotFound();
    await endAllSessions(tx, userId, { why: "account_disabled", ...occasion });
  });
}

/** @throws ACCOUNT_NOT_FOUND (404) */
export async function enableAccount(db: Database, userId: string, now: Date): Promise<void> {
  if ((await db.query(ENABLE, [userId, now])).length === 0) throw accountNotFound();
}
