import { call } from "../../../contract/typed.ts";
import type { Clock } from "../../../database/clock.ts";
import type { Database } from "../../../database/database.ts";
import type { OpenSession } from "../accounts/log-in.ts";
import { invalidRefreshToken, refreshTokenReused } from "../errors.ts";
import type { RequestScope } from "../request-scope.ts";
import { findToken, judgeToken, rotateRefreshToken } from "./rotate-refresh-token.ts";

/** @throws INVALID_REFRESH_TOKEN, REFRESH_TOKEN_REUSED (401) */
export async function refreshSession(
  { db, clock }: { db: Database; clock: Clock },
  { via, origin }: RequestScope,
  token: string,
): Promise<OpenSession> {
  const state = await findToken(db, token);
  // Roles are asked for before the token is spent: when they cannot be had, the client still holds a good token. A token
  // that is no good needs none, and its reuse is acted upon whether or not anybody else can be reached.
  const good = state !== undefined && judgeToken(state, clock()) === "rotate";
  const { roles } = good ? await call(via, "users.rolesOf", { id: state.userId }) : { roles: [] };
  const outcome = await rotateRefreshToken(db, { token, origin }, clock());
  if (outcome.verdict === "reused") throw refreshTokenReused();
  if (outcome.verdict === "invalid") throw invalidRefreshToken();
  return { subject: { userId: outcome.userId, roles }, session: outcome.session };
}
