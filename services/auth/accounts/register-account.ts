// Opens an account: the credential first, then the profile, which another service owns. The credential remembers that its
// profile is still to be made, so a crash or an outage between the two is made good by the next register or login with
// the same e-mail address and password. Of any number of parallel attempts exactly one is told that it succeeded.
import { randomUUIDv7 } from "node:crypto";
import { call } from "../../../contract/typed.ts";
import type { Clock } from "../../../database/clock.ts";
import type { Database, Statement } from "../../../database/database.ts";
import { record } from "../../../events/outbox/record.ts";
import type { AuthModels } from "../auth.model.ts";
import { emailTaken } from "../errors.ts";
import type { RequestScope } from "../request-scope.ts";
import type { Attempt } from "./attempt.ts";
import { rememberNetwork } from "./known-networks.ts";
import type { ProveIdentity } from "./prove-identity.ts";

export interface Account {
  id: string;
  email: string;
  name: string;
}

/** An account whose profile is still to be made. */
export type NewAccount = Account & { language: string | null };

export type Registration = Attempt & { password: string; name: string; language?: string };

export interface RegisteringParts {
  db: Database;
  models: AuthModels;
  clock: Clock;
  hash: (password: string, clientAddress: string | undefined) => Promise<string>;
  prove: ProveIdentity;
}

const INSERT: Statement = {
  name: "credentials_insert",
  text: `insert into credentials (user_id, email, password_hash, pending_name, pending_language, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $6) on conflict (email) do nothing returning user_id`,
};
const COMPLETE: Statement = {
  name: "credentials_complete",
  text: `update credentials set pending_name = null, pending_language = null, updated_at = $2
    where user_id = $1 and pending_name is not null returning user_id`,
};
const WITHDRAW: Statement = {
  name: "credentials_withdraw",
  text: "delete from credentials where user_id = $1 and pending_name is not null",
};

/** @throws EMAIL_TAKEN (409); whatever made the users service unreachable, and then the same request completes it later */
export async function registerAccount(
  parts: RegisteringParts,
  scope: RequestScope,
  { email, clientAddress, password, name, language }: Registration,
): Promise<Account> {
  const { db, clock } = parts;
  const fresh = { id: randomUUIDv7(), email, name, language: language ?? null };
  const hash = await parts.hash(password, clientAddress);
  const inserted = await db.query(INSERT, [fresh.id, email, hash, name, fresh.language, clock()]);
  const account = inserted.length === 1 ? fresh : await findUnfinished(parts, { email, clientAddress }, password);
  if (!(await completeAccount(parts, scope, account))) throw emailTaken();
  await rememberNetwork(db, { email, clientAddress }, clock());
  return { id: account.id, email, name: account.name };
}

/**
 * Makes the profile of an account that has none yet.
 * @returns false when somebody else did so meanwhile
 * @throws EMAIL_TAKEN (409) when the address belongs to a user who was created without an account: to hand that user's
 *   orders to whoever registers first would give them away. The account is withdrawn.
 */
export async function completeAccount(
  { db, clock }: Pick<RegisteringParts, "db" | "clock">,
  { via, origin }: RequestScope,
  { language, ...account }: NewAccount,
): Promise<boolean> {
  try {
    await call(via, "users.create", { ...account, ...(language === null ? {} : { language }) });
  } catch (error) {
    if ((error as { type?: string }).type !== "EMAIL_TAKEN") throw error;
    await db.query(WITHDRAW, [account.id]);
    throw emailTaken();
  }
  const now = clock();
  return db.transaction(async (tx) => {
    const completed = await tx.query(COMPLETE, [account.id, now]);
    if (completed.length === 0) return false;
    record(tx, [
      {
        type: "auth.registered",
        aggregateId: account.id,
        aggregateVersion: 1,
        data: { userId: account.id },
        occurredAt: now,
        origin,
      },
    ]);
    return true;
  });
}

/** The account of an earlier attempt that got stuck, for who knows its password. Everybody else is told the usual. */
async function findUnfinished(
  { models, prove }: RegisteringParts,
  attempt: Attempt,
  password: string,
): Promise<NewAccount> {
  const { email } = attempt;
  const credential = await models.Credential.findOne({ raw: true, where: { email } });
  if (credential === null || credential.pendingName === null) throw emailTaken();
  try {
    await prove(attempt, password);
  } catch (error) {
    if ((error as { type?: string }).type === "INVALID_CREDENTIALS") throw emailTaken();
    throw error;
  }
  return {
    id: credential.userId,
    email,
    name: credential.pendingName,
    language: credential.pendingLanguage,
  };
}
