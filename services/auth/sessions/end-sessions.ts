// An ended session gives no more access tokens, and those that it gave die with it: whoever verifies one learns of it by event
// and hint, or asks for what ended lately (middlewares/ended-sessions.ts).
import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Database, Statement, Tx } from "../../../database/database.ts";
import { record } from "../../../events/outbox/record.ts";
import { sessionNotFound } from "../errors.ts";
import { hashOf } from "./refresh-tokens.ts";

/** Why sessions end. */
export type Ending =
  | "logged_out"
  | "refresh_reused"
  | "password_changed"
  | "account_disabled"
  | "roles_changed"
  | "by_staff";

export interface EndedSession {
  id: string;
  userId: string;
  version: number;
}

const RETURNING = `returning id, user_id as "userId", version`;
const END_BY_TOKEN: Statement = {
  name: "sessions_end_by_token",
  text: `update sessions set ended_at = $2, version = version + 1
    where ended_at is null and id = (select session_id from refresh_tokens where hash = $1) ${RETURNING}`,
};
const END_ONE: Statement = {
  name: "sessions_end_one",
  text: `update sessions set ended_at = $3, version = version + 1
    where id = $1 and user_id = $2 and ended_at is null ${RETURNING}`,
};
// Locked in one order, so that two of these wait for each other instead of deadlocking.
const END_ALL: Statement = {
  name: "sessions_end_all",
  text: `update sessions set ended_at = $2, version = version + 1 where id in
    (select id from sessions where user_id = $1 and ended_at is null order by id for update) ${RETURNING}`,
};
const ENDED: Statement = {
  name: "sessions_ended_since",
  text: "select id from sessions where ended_at >= $1 order by ended_at",
};

interface Occasion {
  why: Ending;
  now: Date;
  origin: Origin;
}

/** Ends the session that a refresh token belongs to, if it belongs to any. */
export async function endSessionOf(db: Database, token: string, { now, origin }: Omit<Occasion, "why">): Promise<void> {
  await db.transaction(async (tx) => {
    tellEnded(tx, await tx.query<Row>(END_BY_TOKEN, [hashOf(token), now]), { why: "logged_out", now, origin });
  });
}

/** @throws SESSION_NOT_FOUND (404), also for somebody else's */
export async function endSession(
  db: Database,
  { id, userId }: { id: string; userId: string },
  occasion: Occasion,
): Promise<void> {
  await db.transaction(async (tx) => {
    const ended = await tx.query<Row>(END_ONE, [id, userId, occasion.now]);
    if (ended.length === 0) throw sessionNotFound();
    tellEnded(tx, ended, occasion);
  });
}

/** @returns how many there were */
export async function endAllSessions(tx: Tx, userId: string, occasion: Occasion): Promise<number> {
  const ended = await tx.query<Row>(END_ALL, [userId, occasion.now]);
  tellEnded(tx, ended, occasion);
  return ended.length;
}

/** In the transaction that ended them. */
export function tellEnded(tx: Tx, ended: readonly EndedSession[], { why, now, origin }: Occasion): void {
  record(
    tx,
    ended.map(({ id, userId, version }) => ({
      type: "auth.session_ended" as const,
      aggregateId: id,
      aggregateVersion: version,
      data: { userId, sessionId: id, reason: why },
      occurredAt: now,
      origin,
    })),
  );
}

/** Ids of sessions that ended since then, in that order. */
export const findEnded = async (db: Database, since: Date): Promise<string[]> =>
  (await db.query<{ id: string }>(ENDED, [since])).map(({ id }) => id);

type Row = EndedSession & Record<string, unknown>;
