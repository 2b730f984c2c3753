// Whether somebody knows the password of an account. Wrong password and unknown account take the same way and the same
// time and end in the same answer.

import { shareOf } from "../../../contract/network-of.ts";
import type { Clock } from "../../../database/clock.ts";
import type { Database, Statement } from "../../../database/database.ts";
import type { AuthModels, CredentialRow } from "../auth.model.ts";
import { invalidCredentials } from "../errors.ts";
import {
  type HashCost,
  hashPassword,
  isOutdated,
  unmatchableHash,
  verifyPassword,
} from "../passwords/hash-password.ts";
import type { Limiter } from "../passwords/limit-concurrency.ts";
import type { Attempt } from "./attempt.ts";
import { rememberNetwork } from "./known-networks.ts";
import { assertMayTry, clearFailures, countFailure } from "./throttle-logins.ts";

export interface ProvingParts {
  db: Database;
  models: AuthModels;
  clock: Clock;
  cost: HashCost;
  /** The places where hashing is done. */
  hashing: Limiter;
}

export type ProveIdentity = (attempt: Attempt, password: string) => Promise<CredentialRow>;

const REHASH: Statement = {
  name: "credentials_rehash",
  text: "update credentials set password_hash = $3, updated_at = $4 where user_id = $1 and password_hash = $2",
};

/**
 * @returns a function that takes an attempt and its password and returns the account's credential
 * @throws INVALID_CREDENTIALS (401), TOO_MANY_ATTEMPTS (429), OVERLOADED (503)
 */
export function identityProver({ db, models, clock, cost, hashing }: ProvingParts): ProveIdentity {
  const nobody = unmatchableHash(cost);

  return async (attempt, password) => {
    // Before it waits for a place, or refused guesses would take the places of everybody else's log-in.
    await assertMayTry(db, attempt, clock());
    // And in the place again: of many guesses sent at once, each finds those before it already counted.
    return hashing(shareOf(attempt.clientAddress), async () => {
      const hasFailures = await assertMayTry(db, attempt, clock());
      const credential = await models.Credential.findOne({ raw: true, where: { email: attempt.email } });
      const proven = await verifyPassword(password, credential?.passwordHash ?? nobody);
      if (credential === null || !proven) {
        await countFailure(db, attempt, clock());
        throw invalidCredentials();
      }
      if (hasFailures) await clearFailures(db, attempt);
      await rememberNetwork(db, attempt, clock());
      if (isOutdated(credential.passwordHash, cost)) {
        const anew = await hashPassword(password, cost);
        await db.query(REHASH, [credential.userId, credential.passwordHash, anew, clock()]);
      }
      return credential;
    });
  };
}
