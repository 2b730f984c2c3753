import { randomUUIDv7 } from "node:crypto";
import type { Database, Statement } from "../../../database/database.ts";
import { ABSOLUTE_LIFE_MS, newRefreshToken } from "./refresh-tokens.ts";

/** A login beyond this ends the session that was unused for longest. */
const MAX_SESSIONS = 100;

// Each login sweeps its user's dead sessions. Rows that another login is sweeping are left to it. What was proven may be true no
// more: of a password that is changed, or an account that is disabled, in this moment, no session begins.
const OPEN: Statement = {
  name: "sessions_open",
  text: `with holder as (
      select user_id from credentials where user_id = $2 and password_version = $7 and disabled_at is null for share
    ), dead as (
      select id from sessions where user_id = $2 and expires_at <= $4
        -- Whoever verifies tokens may not have asked yet for one that ended just now.
        and coalesce(ended_at, expires_at) < $4 - interval '15 minutes' for update skip locked
    ), surplus as (
      select id from sessions where user_id = $2 and ended_at is null and expires_at > $4
      order by last_used_at desc, id desc offset $6 for update skip locked
    ), swept as (
      delete from sessions where id in (select id from dead)
    ), pushed_out as (
      update sessions set ended_at = $4, version = version + 1 where id in (select id from surplus)
    ), opened as (
      insert into sessions (id, user_id, version, created_at, last_used_at, expires_at)
      select $1, user_id, 1, $4, $4, $5 from holder returning id
    )
    insert into refresh_tokens (hash, session_id, issued_at) select $3, id, $4 from opened returning session_id`,
};

export interface OpenedSession {
  id: string;
  /** When the password was proven: the beginning of the session. */
  provenAt: Date;
  /** Its first. */
  refreshToken: string;
}

/**
 * @param proven the version of the password that was proven
 * @returns undefined when it is no longer the account's, or the account is disabled
 */
export async function openSession(
  db: Database,
  { userId, proven }: { userId: string; proven: number },
  now: Date,
): Promise<OpenedSession | undefined> {
  const { token, hash } = newRefreshToken();
  const id = randomUUIDv7();
  const expiresAt = new Date(now.getTime() + ABSOLUTE_LIFE_MS);
  const opened = await db.query(OPEN, [id, userId, hash, now, expiresAt, MAX_SESSIONS - 1, proven]);
  return opened.length === 0 ? undefined : { id, provenAt: now, refreshToken: token };
}
