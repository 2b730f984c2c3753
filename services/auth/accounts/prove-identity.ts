// Whether somebody knows the password of an account. Wrong password and unknown account take the same way and the same
// time and end in the same answer.
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
import { type Attempt, assertMayTry, clearFailures, countFailure } from "./throttle-logins.ts";

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

  return async (attempt, password) =>
    // All of it in the hashing place: of many guesses sent at once, each finds those before it already counted.
    hashing(async () => {
      const hasFailures = await assertMayTry(db, attempt, clock());
      const credential = await models.Credential.findOne({ raw: true, where: { email: attempt.email } });
      const proven = await verifyPassword(password, credential?.passwordHash ?? nobody);
      if (credential === null || !proven) {
        await countFailure(db, attempt, clock());
        throw invalidCredentials();
      }
      if (hasFailures) await clearFailures(db, attempt);
      if (isOutdated(credential.passwordHash, cost)) {
        const anew = await hashPassword(password, cost);
        await db.query(REHASH, [credential.userId, credential.passwordHash, anew, clock()]);
      }
      return credential;
    });
}
