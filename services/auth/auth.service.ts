// Sole owner of credentials, sessions and signing keys.
import { join } from "node:path";
import type { ServiceSchema } from "moleculer";
import { ACCESS_TOKEN_SECONDS } from "../../contract/access-tokens.ts";
import { canonicalEmail } from "../../contract/email.ts";
import type { Role } from "../../contract/permissions.ts";
import { actionsOf } from "../../contract/typed.ts";
import { type Clock, systemClock } from "../../database/clock.ts";
import type { Database } from "../../database/database.ts";
import { databaseMixin } from "../../mixins/database.mixin.ts";
import { kafkaBridge } from "../../mixins/kafka-bridge.mixin.ts";
import { describeService } from "../../mixins/service.ts";
import { logIn } from "./accounts/log-in.ts";
import { shareOf } from "./accounts/network-of.ts";
import { identityProver } from "./accounts/prove-identity.ts";
import { registerAccount } from "./accounts/register-account.ts";
import { auth, type Tokens } from "./auth.contract.ts";
import { defineAuthModels } from "./auth.model.ts";
import { keyStore } from "./keys/key-store.ts";
import { signAccessToken, type TokenIdentity } from "./keys/sign-access-token.ts";
import { publishedKeys, rotateKeys, signingKeyOf } from "./keys/signing-keys.ts";
import { DEFAULT_COST, type HashCost, hashPassword } from "./passwords/hash-password.ts";
import { type ConcurrencyLimits, limitConcurrency } from "./passwords/limit-concurrency.ts";
import { assertPasswordAllowed } from "./passwords/password-rules.ts";
import { scopeOf } from "./request-scope.ts";
import { endAllSessions, endSession, endSessionOf, listSessions } from "./sessions/end-sessions.ts";
import { refreshSession } from "./sessions/refresh-session.ts";

const DATABASE = { name: "auth", migrations: join(import.meta.dirname, "migrations") };

export interface AuthOptions extends TokenIdentity {
  db: Database;
  clock?: Clock;
  /** No password, with or without a number behind it. */
  shopName: string;
  /** Weaker only in tests. */
  cost?: HashCost;
  hashingLimits?: ConcurrencyLimits;
}

/** @throws Error without an issuer or audience: nobody could tell our tokens from others' */
export function authService(options: AuthOptions): ServiceSchema {
  const { db, clock = systemClock, shopName, issuer, audience, cost = DEFAULT_COST } = options;
  if (!issuer || !audience) throw new Error("auth: access tokens need an issuer and an audience");
  const models = defineAuthModels(db.sequelize);
  const hashing = limitConcurrency(options.hashingLimits ?? { running: 2, waiting: 256 });
  const hash = (password: string, clientAddress: string | undefined) =>
    hashing(shareOf(clientAddress), () => hashPassword(password, cost));
  const prove = identityProver({ db, models, clock, cost, hashing });
  const store = keyStore(db, clock);

  async function tokens(subject: { userId: string; roles: readonly Role[] }, refreshToken: string): Promise<Tokens> {
    const now = clock();
    const key = signingKeyOf(await store.keys(), now);
    const accessToken = signAccessToken(subject, key, { issuer, audience }, now);
    return { accessToken, tokenType: "Bearer", expiresIn: ACCESS_TOKEN_SECONDS, refreshToken };
  }

  return {
    name: "auth",
    mixins: [kafkaBridge({ db, name: "auth" }), databaseMixin({ db, plan: DATABASE })],
    actions: actionsOf(auth, {
      register: async (ctx) => {
        const email = canonicalEmail(ctx.params.email);
        assertPasswordAllowed(ctx.params.password, { email, name: ctx.params.name, shopName });
        const registration = { ...ctx.params, email, clientAddress: ctx.meta.clientAddress };
        return registerAccount({ db, models, clock, hash, prove }, scopeOf(ctx), registration);
      },
      login: async (ctx) => {
        const attempt = { email: canonicalEmail(ctx.params.email), clientAddress: ctx.meta.clientAddress };
        const { subject, refreshToken } = await logIn({ db, clock, prove }, scopeOf(ctx), attempt, ctx.params.password);
        return tokens(subject, refreshToken);
      },
      refresh: async (ctx) => {
        const { subject, refreshToken } = await refreshSession({ db, clock }, scopeOf(ctx), ctx.params.refreshToken);
        return tokens(subject, refreshToken);
      },
      logout: async ({ params }) => {
        await endSessionOf(db, params.refreshToken, clock());
        return null;
      },
      logoutAll: async (ctx) => {
        await endAllSessions(db, ctx.locals.principal.id, clock());
        return null;
      },
      sessions: (ctx) => listSessions(models, ctx.locals.principal.id, clock()),
      endSession: async (ctx) => {
        await endSession(db, ctx.params.id, ctx.locals.principal.id, clock());
        return null;
      },
      jwks: async () => ({ keys: publishedKeys(await store.keys(), clock()).map((key) => key.publicJwk) }),
      rotateKeys: async () => {
        const { kid, signsFrom } = await rotateKeys(db, clock());
        store.forget();
        return { kid, signsFrom: signsFrom.toISOString() };
      },
    }),
  };
}

export default describeService({
  contract: auth,
  databases: [DATABASE],
  needs: ["users"],
  make: ({ db, clock, settings }) =>
    authService({ db: db("auth"), clock, shopName: settings.shop.name, ...settings.tokens }),
});
