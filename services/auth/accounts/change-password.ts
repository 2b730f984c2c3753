// Another password for an account, by who knows the present one. All sessions end with the old password; who changed it gets a new one.
import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Clock } from "../../../database/clock.ts";
import type { Database, Statement } from "../../../database/database.ts";
import { record } from "../../../events/outbox/record.ts";
import type { CredentialRow } from "../auth.model.ts";
import { wrongPassword } from "../errors.ts";
import { endAllSessions } from "../sessions/end-sessions.ts";
import type { Attempt } from "./attempt.ts";
import type { ProveIdentity } from "./prove-identity.ts";

export interface ChangingParts {
  db: Database;
  clock: Clock;
  prove: ProveIdentity;
  hash: (password: string, clientAddress: string | undefined) => Promise<string>;
}

// Of two changes at once the second finds another version, and has not proven the password that there is then.
const CHANGE: Statement = {
  name: "credentials_change_password",
  text: `update credentials set password_hash = $2, password_version = password_version + 1, updated_at = $4
    where user_id = $1 and password_version = $3 returning password_version as version`,
};

/**
 * @throws WRONG_PASSWORD (403), TOO_MANY_ATTEMPTS (429), OVERLOADED (503)
 */
export async function changePassword(
  { db, clock, prove, hash }: ChangingParts,
  attempt: Attempt,
  { current, wanted }: { current: string; wanted: string },
  origin: Origin,
): Promise<void> {
  const account = await proveCurrent(prove, attempt, current);
  const passwordHash = await hash(wanted, attempt.clientAddress);
  const now = clock();
  await db.transaction(async (tx) => {
    const values = [account.userId, passwordHash, account.passwordVersion, now];
    const [changed] = await tx.query<{ version: number }>(CHANGE, values);
    if (changed === undefined) throw wrongPassword();
    record(tx, [
      {
        type: "auth.password_changed",
        aggregateId: account.userId,
        aggregateVersion: changed.version,
        data: { userId: account.userId },
        occurredAt: now,
        origin,
      },
    ]);
    await endAllSessions(tx, account.userId, { why: "password_changed", now, origin });
  });
}

/** Whoever is logged in and errs is not told to log in. */
async function proveCurrent(prove: ProveIdentity, attempt: Attempt, password: string): Promise<CredentialRow> {
  try {
    return await prove(attempt, password);
  } catch (error) {
    throw (error as { type?: string }).type === "INVALID_CREDENTIALS" ? wrongPassword() : error;
  }
}
