// One refresh token, one refresh. A token that comes a second time means that two parties hold it, and nobody can tell
// which of them stole it: the whole session ends. This is the strict rule, without a grace of seconds: of two parallel
// uses one gets new tokens, and the other ends the session for both, so a client must not refresh twice at once.

import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Database, Statement, Tx } from "../../../database/database.ts";
import { record } from "../../../events/outbox/record.ts";
import { type EndedSession, tellEnded } from "./end-sessions.ts";
import type { OpenedSession } from "./open-session.ts";
import { hashOf, IDLE_LIFE_MS, newRefreshToken } from "./refresh-tokens.ts";

export interface TokenState {
  sessionId: string;
  userId: string;
  usedAt: Date | null;
  lastUsedAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
  createdAt: Date;
}

export type Verdict = "rotate" | "reused" | "invalid";
export type RotateOutcome =
  | { verdict: "rotate"; userId: string; session: OpenedSession }
  | { verdict: "reused" }
  | { verdict: "invalid" };

const STATE = `select session_id as "sessionId", user_id as "userId", used_at as "usedAt",
    last_used_at as "lastUsedAt", expires_at as "expiresAt", ended_at as "endedAt",
    created_at as "createdAt"
  from refresh_tokens join sessions on sessions.id = session_id where hash = $1`;
const FIND: Statement = { name: "refresh_tokens_find", text: STATE };
// Both rows: of two uses at once, the second must see what the first one wrote into either.
const LOCK: Statement = { name: "refresh_tokens_lock", text: `${STATE} for update` };
const SPEND: Statement = {
  name: "refresh_tokens_spend",
  text: `with used as (
      update sessions set last_used_at = $2, version = version + 1 where id = $3
    )
    update refresh_tokens set used_at = $2 where hash = $1`,
};
const ISSUE: Statement = {
  name: "refresh_tokens_issue",
  text: "insert into refresh_tokens (hash, session_id, issued_at) values ($1, $2, $3)",
};
const END: Statement = {
  name: "sessions_end_reused",
  text: `update sessions set ended_at = $2, version = version + 1 where id = $1
    returning id, user_id as "userId", version`,
};

/** What becomes of a token that is used now. A verdict other than "rotate" never turns into it later. */
export function judgeToken(state: TokenState | undefined, now: Date): Verdict {
  if (state === undefined) return "invalid";
  const idleUntil = state.lastUsedAt.getTime() + IDLE_LIFE_MS;
  if (now.getTime() >= Math.min(idleUntil, state.expiresAt.getTime())) return "invalid";
  if (state.usedAt !== null) return "reused";
  return state.endedAt === null ? "rotate" : "invalid";
}

/** What stands written about a token, without using it. */
export async function findToken(db: Database, token: string): Promise<TokenState | undefined> {
  const [state] = await db.query<TokenState>(FIND, [hashOf(token)]);
  return state;
}

/** Uses a token. Every outcome is a result, for what it writes must be committed when it is a refusal as well. */
export async function rotateRefreshToken(
  db: Database,
  { token, origin }: { token: string; origin: Origin },
  now: Date,
): Promise<RotateOutcome> {
  const hash = hashOf(token);
  return db.transaction(async (tx): Promise<RotateOutcome> => {
    const [state] = await tx.query<TokenState>(LOCK, [hash]);
    const verdict = judgeToken(state, now);
    if (state === undefined || verdict === "invalid") return { verdict: "invalid" };
    if (verdict === "reused") {
      if (state.endedAt === null) await endFamily(tx, state, origin, now);
      return { verdict };
    }
    const next = newRefreshToken();
    tx.send(SPEND, [hash, now, state.sessionId]);
    tx.send(ISSUE, [next.hash, state.sessionId, now]);
    const session = { id: state.sessionId, provenAt: state.createdAt, refreshToken: next.token };
    return { verdict, userId: state.userId, session };
  });
}

async function endFamily(tx: Tx, { sessionId, userId }: TokenState, origin: Origin, now: Date): Promise<void> {
  const ended = await tx.query<EndedSession & Record<string, unknown>>(END, [sessionId, now]);
  record(tx, [
    {
      type: "auth.refresh_reuse_detected",
      aggregateId: sessionId,
      // The first that a session tells of. Its end, with a higher version, is the last.
      aggregateVersion: 1,
      data: { userId, sessionId },
      occurredAt: now,
      origin,
    },
  ]);
  tellEnded(tx, ended, { why: "refresh_reused", now, origin });
}
