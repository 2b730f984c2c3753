import type { Role } from "../../../contract/permissions.ts";
import { call } from "../../../contract/typed.ts";
import type { Clock } from "../../../database/clock.ts";
import type { Database } from "../../../database/database.ts";
import { accountDisabled, invalidCredentials } from "../errors.ts";
import type { RequestScope } from "../request-scope.ts";
import { endSessionOf } from "../sessions/end-sessions.ts";
import { type OpenedSession, openSession } from "../sessions/open-session.ts";
import type { Attempt } from "./attempt.ts";
import type { ProveIdentity } from "./prove-identity.ts";
import { completeAccount, type NewAccount } from "./register-account.ts";

export interface LoginParts {
  db: Database;
  clock: Clock;
  prove: ProveIdentity;
}

/** What a session stands for, and the session with the refresh token that continues it. */
export interface OpenSession {
  subject: { userId: string; roles: readonly Role[] };
  session: OpenedSession;
}

/** @throws INVALID_CREDENTIALS (401), ACCOUNT_DISABLED (403), TOO_MANY_ATTEMPTS (429), OVERLOADED (503) */
export async function logIn(
  { db, clock, prove }: LoginParts,
  scope: RequestScope,
  attempt: Attempt,
  password: string,
): Promise<OpenSession> {
  const { userId, email, pendingName, pendingLanguage, passwordVersion, disabledAt } = await prove(attempt, password);
  // Said only to who knows the password.
  if (disabledAt !== null) throw accountDisabled();
  if (pendingName !== null) {
    const account = { id: userId, email, name: pendingName, language: pendingLanguage };
    await complete({ db, clock }, scope, account);
  }
  const session = await openSession(db, { userId, proven: passwordVersion }, clock());
  if (session === undefined) throw invalidCredentials();
  // Asked for when the session is there: who loses a role then loses the session too, and no token is left that names it.
  const { roles } = await rolesFor(db, scope, userId, session.refreshToken, clock);
  return { subject: { userId, roles }, session };
}

/** A session whose roles cannot be had is given to nobody. */
async function rolesFor(db: Database, { via, origin }: RequestScope, id: string, refreshToken: string, clock: Clock) {
  try {
    return await call(via, "users.rolesOf", { id });
  } catch (error) {
    await endSessionOf(db, refreshToken, { now: clock(), origin });
    throw error;
  }
}

/** A registration that got stuck is completed here; one that turns out impossible leaves no account to log in to. */
async function complete(
  parts: Pick<LoginParts, "db" | "clock">,
  scope: RequestScope,
  account: NewAccount,
): Promise<void> {
  try {
    await completeAccount(parts, scope, account);
  } catch (error) {
    throw (error as { type?: string }).type === "EMAIL_TAKEN" ? invalidCredentials() : error;
  }
}
