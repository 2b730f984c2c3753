// Asks for a mail with a code, at most as often as somebody who waits for one would. Whether one is sent is told to nobody.
import { randomUUIDv7 } from "node:crypto";
import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Database, Statement } from "../../../database/database.ts";
import { record } from "../../../events/outbox/record.ts";
import type { MAIL_KINDS } from "../auth.contract.ts";

export type MailKind = (typeof MAIL_KINDS)[number];

/** Of one kind to one account, or strangers would fill somebody's mailbox. */
export const MOST_A_DAY = 5;
const PAUSE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

// The account is locked, so that requests at once are counted one after another.
const LOCK: Statement = {
  name: "mail_requests_lock",
  text: "select user_id from credentials where email = $1 and disabled_at is null for update",
};
const LATELY: Statement = {
  name: "mail_requests_lately",
  text: `select count(*)::int as today, coalesce(max(requested_at) > $3, false) as "justNow"
    from mail_requests where user_id = $1 and kind = $2 and requested_at > $4`,
};
const VOID: Statement = {
  name: "mail_requests_void",
  text: "update mail_requests set spent_at = $3 where user_id = $1 and kind = $2 and spent_at is null",
};
const INSERT: Statement = {
  name: "mail_requests_insert",
  text: "insert into mail_requests (id, user_id, kind, requested_at) values ($1, $2, $3, $4)",
};

/** @returns whether a mail will be sent */
export async function requestMail(
  db: Database,
  { email, kind }: { email: string; kind: MailKind },
  { now, origin }: { now: Date; origin: Origin },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [account] = await tx.query<{ user_id: string }>(LOCK, [email]);
    if (account === undefined) return false;
    const { user_id: userId } = account;
    const since = (ms: number) => new Date(now.getTime() - ms);
    const [lately] = await tx.query<{ today: number; justNow: boolean }>(LATELY, [
      userId,
      kind,
      since(PAUSE_MS),
      since(DAY_MS),
    ]);
    if (lately === undefined || lately.justNow || lately.today >= MOST_A_DAY) return false;
    const id = randomUUIDv7();
    tx.send(VOID, [userId, kind, now]);
    tx.send(INSERT, [id, userId, kind, now]);
    record(tx, [
      {
        type: "auth.mail_requested",
        aggregateId: id,
        aggregateVersion: 1,
        data: { requestId: id, userId, kind },
        occurredAt: now,
        origin,
      },
    ]);
    return true;
  });
}
