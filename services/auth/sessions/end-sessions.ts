// An ended session gives no more access tokens; those it gave live on until they expire, ten minutes at most.
import { Op } from "sequelize";
import type { Database, Statement } from "../../../database/database.ts";
import type { Session } from "../auth.contract.ts";
import type { AuthModels } from "../auth.model.ts";
import { sessionNotFound } from "../errors.ts";
import { hashOf, IDLE_LIFE_MS } from "./refresh-tokens.ts";

const END_BY_TOKEN: Statement = {
  name: "sessions_end_by_token",
  text: `update sessions set ended_at = $2, version = version + 1
    where ended_at is null and id = (select session_id from refresh_tokens where hash = $1)`,
};
const END_ONE: Statement = {
  name: "sessions_end_one",
  text: `update sessions set ended_at = $3, version = version + 1
    where id = $1 and user_id = $2 and ended_at is null returning id`,
};
// Locked in one order, so that two of these wait for each other instead of deadlocking.
const END_ALL: Statement = {
  name: "sessions_end_all",
  text: `update sessions set ended_at = $2, version = version + 1 where id in
    (select id from sessions where user_id = $1 and ended_at is null order by id for update)`,
};

/** Ends the session that a refresh token belongs to, if it belongs to any. */
export async function endSessionOf(db: Database, token: string, now: Date): Promise<void> {
  await db.query(END_BY_TOKEN, [hashOf(token), now]);
}

/** @throws SESSION_NOT_FOUND (404), also for somebody else's */
export async function endSession(db: Database, id: string, userId: string, now: Date): Promise<void> {
  const ended = await db.query(END_ONE, [id, userId, now]);
  if (ended.length === 0) throw sessionNotFound();
}

export async function endAllSessions(db: Database, userId: string, now: Date): Promise<void> {
  await db.query(END_ALL, [userId, now]);
}

/** Last used first. */
export async function listSessions({ Session }: AuthModels, userId: string, now: Date): Promise<{ data: Session[] }> {
  const rows = await Session.findAll({
    raw: true,
    where: {
      userId,
      endedAt: null,
      expiresAt: { [Op.gt]: now },
      lastUsedAt: { [Op.gt]: new Date(now.getTime() - IDLE_LIFE_MS) },
    },
    order: [["lastUsedAt", "DESC"]],
    limit: 100,
  });
  return {
    data: rows.map(({ id, createdAt, lastUsedAt, expiresAt }) => ({
      id,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    })),
  };
}
