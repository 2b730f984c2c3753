import { randomUUIDv7 } from "node:crypto";
import type { Database, Statement } from "../../../database/database.ts";
import { ABSOLUTE_LIFE_MS, newRefreshToken } from "./refresh-tokens.ts";

/** A login beyond this ends the session that was unused for longest. */
const MAX_SESSIONS = 100;

// Each login sweeps its user's dead sessions. Rows that another login is sweeping are left to it.
const OPEN: Statement = {
  name: "sessions_open",
  text: `with dead as (
      select id from sessions where user_id = $2 and expires_at <= $4 for update skip locked
    ), surplus as (
      select id from sessions where user_id = $2 and ended_at is null and expires_at > $4
      order by last_used_at desc, id desc offset $6 for update skip locked
    ), swept as (
      delete from sessions where id in (select id from dead union all select id from surplus)
    ), opened as (
      insert into sessions (id, user_id, version, created_at, last_used_at, expires_at)
      values ($1, $2, 1, $4, $4, $5) returning id
    )
    insert into refresh_tokens (hash, session_id, issued_at) select $3, id, $4 from opened`,
};

/** @returns the first refresh token of a new session */
export async function openSession(db: Database, userId: string, now: Date): Promise<string> {
  const { token, hash } = newRefreshToken();
  const expiresAt = new Date(now.getTime() + ABSOLUTE_LIFE_MS);
  await db.query(OPEN, [randomUUIDv7(), userId, hash, now, expiresAt, MAX_SESSIONS - 1]);
  return token;
}
