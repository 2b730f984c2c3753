// Sole owner of credentials, sessions and signing keys.
import { join } from "node:path";
import type { ServiceSchema } from "moleculer";
import { ACCESS_TOKEN_SECONDS } from "../../contract/access-tokens.ts";
import { canonicalEmail } from "../../contract/email.ts";
import { shareOf } from "../../contract/network-of.ts";
import { type Asking, actionsOf, originOf } from "../../contract/typed.ts";
import { type Clock, systemClock } from "../../database/clock.ts";
import type { Database } from "../../database/database.ts";
import { databaseMixin } from "../../mixins/database.mixin.ts";
import { kafkaBridge } from "../../mixins/kafka-bridge.mixin.ts";
import { describeService } from "../../mixins/service.ts";
import { changePassword } from "./accounts/change-password.ts";
import { disableAccount, enableAccount } from "./accounts/disable-account.ts";
import { findAccount } from "./accounts/find-account.ts";
import { logIn, type OpenSession } from "./accounts/log-in.ts";
import { identityProver } from "./accounts/prove-identity.ts";
import { registerAccount } from "./accounts/register-account.ts";
import { auth, type Tokens } from "./auth.contract.ts";
import { defineAuthModels } from "./auth.model.ts";
import { issueCode } from "./codes/issue-code.ts";
import { type MailKind, requestMail } from "./codes/request-mail.ts";
import { accountOfCode, resetPassword } from "./codes/reset-password.ts";
import { findUnverified, markVerified, verifyAddress } from "./codes/verify-address.ts";
import { ownAccount } from "./errors.ts";
import { keyStore } from "./keys/key-store.ts";
import { signAccessToken, type TokenIdentity } from "./keys/sign-access-token.ts";
import { publishedKeys, rotateKeys, signingKeyOf } from "./keys/signing-keys.ts";
import { DEFAULT_COST, type HashCost, hashPassword } from "./passwords/hash-password.ts";
import { type ConcurrencyLimits, limitConcurrency } from "./passwords/limit-concurrency.ts";
import { assertPasswordAllowed } from "./passwords/password-rules.ts";
import { scopeOf } from "./request-scope.ts";
import { type Ending, endAllSessions, endSession, endSessionOf, findEnded } from "./sessions/end-sessions.ts";
import { listSessions } from "./sessions/list-sessions.ts";
import { refreshSession } from "./sessions/refresh-session.ts";

const DATABASE = { name: "auth", migrations: join(import.meta.dirname, "migrations") };

export interface AuthOptions extends TokenIdentity {
  db: Database;
  /** Says keys as the auth service, so that others can check who does. */
  signKeys: (keys: readonly object[]) => string;
  clock?: Clock;
  /** No password, with or without a number behind it. */
  shopName: string;
  /** Weaker only in tests. */
  cost?: HashCost;
  hashingLimits?: ConcurrencyLimits;
}

/** @throws Error without an issuer or audience: nobody could tell our tokens from others' */
export function authService(options: AuthOptions): ServiceSchema {
  const { db, signKeys, shopName, clock = systemClock, issuer, audience, cost = DEFAULT_COST } = options;
  if (!issuer || !audience) throw new Error("auth: access tokens need an issuer and an audience");
  const models = defineAuthModels(db.sequelize);
  const hashing = limitConcurrency(options.hashingLimits ?? { running: 2, waiting: 256 });
  const hash = (password: string, clientAddress: string | undefined) =>
    hashing(shareOf(clientAddress), () => hashPassword(password, cost));
  const prove = identityProver({ db, models, clock, cost, hashing });
  const store = keyStore(db, clock);

  async function tokensFor(open: OpenSession): Promise<Tokens> {
    const now = clock();
    const key = signingKeyOf(await store.keys(), now);
    const accessToken = signAccessToken(open, key, { issuer, audience }, now);
    const { refreshToken } = open.session;
    return { accessToken, tokenType: "Bearer", expiresIn: ACCESS_TOKEN_SECONDS, refreshToken };
  }
  const enter = async (ctx: Asking<unknown>, email: string, password: string) => {
    const attempt = { email, clientAddress: ctx.meta.clientAddress };
    return tokensFor(await logIn({ db, clock, prove }, scopeOf(ctx), attempt, password));
  };
  const endAllOf = (ctx: Asking<unknown>, userId: string, why: Ending) =>
    db.transaction((tx) => endAllSessions(tx, userId, { why, now: clock(), origin: originOf(ctx) }));

  return {
    name: "auth",
    mixins: [kafkaBridge({ db, name: "auth" }), databaseMixin({ db, plan: DATABASE })],
    actions: actionsOf(auth, {
      register: async (ctx) => {
        const email = canonicalEmail(ctx.params.email);
        assertPasswordAllowed(ctx.params.password, { email, name: ctx.params.name, shopName });
        const registration = { ...ctx.params, email, clientAddress: ctx.meta.clientAddress };
        const kind = await registeredAs(
          registerAccount({ db, models, clock, hash, prove }, scopeOf(ctx), registration),
        );
        await requestMail(db, { email, kind }, { now: clock(), origin: originOf(ctx) });
        return { email };
      },
      login: (ctx) => enter(ctx, canonicalEmail(ctx.params.email), ctx.params.password),
      refresh: async (ctx) => tokensFor(await refreshSession({ db, clock }, scopeOf(ctx), ctx.params.refreshToken)),
      logout: async (ctx) => {
        await endSessionOf(db, ctx.params.refreshToken, { now: clock(), origin: originOf(ctx) });
        return null;
      },
      logoutAll: async (ctx) => {
        await endAllOf(ctx, ctx.locals.principal.id, "logged_out");
        return null;
      },
      changePassword: async (ctx) => {
        const { currentPassword: current, newPassword: wanted } = ctx.params;
        const { email } = await findAccount(models, ctx.locals.principal.id);
        assertPasswordAllowed(wanted, { email, shopName });
        const attempt = { email, clientAddress: ctx.meta.clientAddress };
        await changePassword({ db, clock, prove, hash }, attempt, { current, wanted }, originOf(ctx));
        // Its session is over, and with it the token that this request came with: what follows is asked for nobody.
        delete ctx.meta.token;
        return enter(ctx, email, wanted);
      },
      requestPasswordReset: async (ctx) => {
        const email = canonicalEmail(ctx.params.email);
        await requestMail(db, { email, kind: "reset_password" }, { now: clock(), origin: originOf(ctx) });
        return {};
      },
      resetPassword: async (ctx) => {
        const { code, password } = ctx.params;
        // Before the hashing, which a made-up code is not worth.
        const email = await accountOfCode(db, code, clock());
        assertPasswordAllowed(password, { email, shopName });
        const passwordHash = await hash(password, ctx.meta.clientAddress);
        await resetPassword(db, { code, passwordHash }, { now: clock(), origin: originOf(ctx) });
        return null;
      },
      requestVerification: async (ctx) => {
        const { email, verifiedAt } = await findAccount(models, ctx.locals.principal.id);
        const mail = { email, kind: "verify_email" } as const;
        if (verifiedAt === null) await requestMail(db, mail, { now: clock(), origin: originOf(ctx) });
        return {};
      },
      verifyAddress: async (ctx) => {
        await verifyAddress(db, { userId: ctx.locals.principal.id, code: ctx.params.code }, clock());
        return null;
      },
      unverified: async ({ params }) => ({ ids: await findUnverified(db, params.userIds) }),
      markVerified: async ({ params }) => {
        await markVerified(db, params.userId, clock());
        return null;
      },
      issueCode: ({ params }) => issueCode(db, params.requestId, clock()),
      accountSessions: (ctx) => listSessions(models, ctx.params.userId, clock()),
      endAccountSessions: async (ctx) => {
        const { userId, sessionId: id } = ctx.params;
        if (id === undefined) return { ended: await endAllOf(ctx, userId, "by_staff") };
        await endSession(db, { id, userId }, { why: "by_staff", now: clock(), origin: originOf(ctx) });
        return { ended: 1 };
      },
      disableAccount: async (ctx) => {
        if (ctx.params.userId === ctx.locals.principal.id) throw ownAccount();
        await disableAccount(db, ctx.params.userId, { now: clock(), origin: originOf(ctx) });
        return null;
      },
      enableAccount: async (ctx) => {
        await enableAccount(db, ctx.params.userId, clock());
        return null;
      },
      endSessionsOf: async (ctx) => ({ ended: await endAllOf(ctx, ctx.params.userId, "roles_changed") }),
      endedSessions: async ({ params }) => ({ ids: await findEnded(db, new Date(params.since)) }),
      sessions: (ctx) => listSessions(models, ctx.locals.principal.id, clock()),
      endSession: async (ctx) => {
        const own = { id: ctx.params.id, userId: ctx.locals.principal.id };
        await endSession(db, own, { why: "logged_out", now: clock(), origin: originOf(ctx) });
        return null;
      },
      jwks: async () => ({ keys: publishedKeys(await store.keys(), clock()).map((key) => key.publicJwk) }),
      keySet: async () => ({
        statement: signKeys(publishedKeys(await store.keys(), clock()).map((key) => key.publicJwk)),
      }),
      rotateKeys: async () => {
        const { kid, signsFrom } = await rotateKeys(db, clock());
        store.forget();
        return { kid, signsFrom: signsFrom.toISOString() };
      },
    }),
  };
}

/** Whoever asks is not told which it was; the owner of the address is. */
async function registeredAs(registering: Promise<unknown>): Promise<MailKind> {
  try {
    await registering;
    return "verify_email";
  } catch (error) {
    if ((error as { type?: string }).type !== "EMAIL_TAKEN") throw error;
    return "already_registered";
  }
}

export default describeService({
  contract: auth,
  databases: [DATABASE],
  needs: ["users"],
  make: ({ db, clock, signKeys, settings }) =>
    authService({ db: db("auth"), clock, signKeys, shopName: settings.shop.name, ...settings.tokens }),
});
