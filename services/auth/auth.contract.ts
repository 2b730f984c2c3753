import { type Static, Type } from "typebox";
import { Jwk } from "../../contract/access-tokens.ts";
import { defineContract, internalTo } from "../../contract/contract.ts";
import { Email, EmailInput } from "../../contract/email.ts";
import { Language, Nullable, OneOf, PersonNameInput, Timestamp, Uuid } from "../../contract/fields.ts";
import { sharing } from "../../contract/refusals.ts";
import { AnyText } from "../../contract/text.ts";

const Password = AnyText({ minLength: 8, maxLength: 128, description: "Any characters, compared after NFC" });
/** What a mail to an account is for. */
export const MAIL_KINDS = ["reset_password", "verify_email", "already_registered"] as const;
const Code = AnyText({ minLength: 1, maxLength: 100, description: "As the mail has it" });
const RefreshToken = AnyText({ minLength: 1, maxLength: 200 });

const AccountId = { userId: Uuid };
/** Where a user's id comes from, for examples. */
const USER = { action: "users.list", with: { userId: "$response.body#/data/0/id" } } as const;
/** What ends others' sessions is done by who proved to be himself within a quarter of an hour. */
const PROOF_SECONDS = 15 * 60;

/** What a login or a refresh gives. */
export const Tokens = Type.Object(
  {
    accessToken: Type.String(),
    tokenType: Type.Literal("Bearer"),
    expiresIn: Type.Integer({ description: "Seconds that the access token lives" }),
    refreshToken: Type.String({ description: "Good for one refresh" }),
  },
  { title: "Tokens" },
);
export type Tokens = Static<typeof Tokens>;

const Session = Type.Object(
  { id: Uuid, createdAt: Timestamp, lastUsedAt: Timestamp, expiresAt: Timestamp },
  { title: "Session" },
);
export type Session = Static<typeof Session>;

export const auth = defineContract({
  name: "auth",
  domain: "identity",
  topic: "commerce.auth.v1",
  errors: {
    ...sharing("invalid_email"),
    weak_password: { status: 422, message: "This password is too easy to guess" },
    invalid_credentials: { status: 401, message: "E-mail address or password is wrong" },
    too_many_attempts: { status: 429, message: "Too many failed logins: wait before the next one" },
    invalid_refresh_token: { status: 401, message: "The refresh token is unknown or no longer good: log in again" },
    refresh_token_reused: { status: 401, message: "The refresh token was used before; its session has been ended" },
    code_invalid: { status: 422, message: "The code is none, was used, or is too old: ask for a new one" },
    own_account: { status: 409, message: "Nobody disables his own account" },
    account_disabled: { status: 403, message: "This account has been disabled" },
    account_not_found: { status: 404, message: "There is no such account" },
    wrong_password: { status: 403, message: "The current password is another one" },
    session_not_found: { status: 404, message: "There is no such session" },
  },
  actions: {
    register: {
      access: "public",
      security: { event: "registration", target: "email" },
      params: {
        email: EmailInput,
        password: Password,
        name: PersonNameInput,
        language: Type.Optional(Language),
      },
      /** The same, whether or not there was such an account: its owner is told by mail. */
      result: Type.Object({ email: Email }),
      refusals: ["invalid_email", "weak_password", "too_many_attempts"],
      http: {
        method: "POST",
        path: "/v1/auth/register",
        anonymous: true,
        limit: "registration",
        summary: "Open an account",
        example: { email: "bob@example.com", password: "a walk by the sea", name: "Bob" },
        status: 202,
      },
    },
    login: {
      access: "public",
      security: { event: "login", target: "email" },
      params: {
        email: EmailInput,
        password: AnyText({ minLength: 1, maxLength: 128 }),
      },
      result: Tokens,
      refusals: ["invalid_credentials", "invalid_email", "too_many_attempts", "account_disabled"],
      http: {
        method: "POST",
        path: "/v1/auth/login",
        anonymous: true,
        limit: "login",
        summary: "Log in",
        example: { email: "ada@example.com", password: "demo-customer-password" },
      },
    },
    refresh: {
      access: "public",
      security: { event: "refresh_reuse", only: ["refresh_token_reused"] },
      params: { refreshToken: RefreshToken },
      result: Tokens,
      refusals: ["invalid_refresh_token", "refresh_token_reused"],
      http: {
        method: "POST",
        path: "/v1/auth/refresh",
        anonymous: true,
        limit: "session",
        summary: "Exchange a refresh token for new tokens; a token used twice ends its session",
        follows: { action: "auth.login", with: { refreshToken: "$response.body#/refreshToken" } },
      },
    },
    logout: {
      access: "public",
      security: { event: "sessions_ended" },
      idempotent: true,
      params: { refreshToken: RefreshToken },
      result: Type.Null(),
      http: {
        method: "POST",
        path: "/v1/auth/logout",
        anonymous: true,
        limit: "session",
        summary: "End the session of a refresh token",
        follows: { action: "auth.refresh", with: { refreshToken: "$response.body#/refreshToken" } },
        status: 204,
      },
    },
    logoutAll: {
      access: "customer",
      security: { event: "sessions_ended" },
      idempotent: true,
      params: {},
      result: Type.Null(),
      http: { method: "POST", path: "/v1/auth/logout-all", summary: "End all of one's sessions", status: 204 },
    },
    sessions: {
      access: "customer",
      params: {},
      result: Type.Object({ data: Type.Array(Session) }),
      http: { method: "GET", path: "/v1/auth/sessions", summary: "One's open sessions, last used first" },
    },
    endSession: {
      access: "customer",
      security: { event: "sessions_ended", target: "id" },
      params: { id: Uuid },
      result: Type.Null(),
      refusals: ["session_not_found"],
      http: {
        method: "DELETE",
        path: "/v1/auth/sessions/{id}",
        summary: "End one of one's sessions",
        follows: { action: "auth.sessions", with: { id: "$response.body#/data/0/id" } },
        status: 204,
      },
    },
    changePassword: {
      access: "customer",
      security: { event: "password_change" },
      params: { currentPassword: AnyText({ minLength: 1, maxLength: 128 }), newPassword: Password },
      result: Tokens,
      refusals: ["wrong_password", "weak_password", "too_many_attempts"],
      http: {
        method: "POST",
        path: "/v1/auth/password",
        summary: "Change one's password; all sessions end, and a new one begins",
        example: { currentPassword: "demo-customer-password", newPassword: "a longer walk by the sea" },
      },
    },
    requestPasswordReset: {
      access: "public",
      security: { event: "password_reset_request", target: "email" },
      params: { email: EmailInput },
      /** The same, whether or not there is such an account. */
      result: Type.Object({}),
      refusals: ["invalid_email"],
      http: {
        method: "POST",
        path: "/v1/auth/password-reset-requests",
        anonymous: true,
        limit: "recovery",
        summary: "Ask for a mail with a code, with which a forgotten password is replaced",
        example: { email: "ada@example.com" },
        status: 202,
      },
    },
    resetPassword: {
      access: "public",
      security: { event: "password_reset" },
      params: { code: Code, password: Password },
      result: Type.Null(),
      refusals: ["code_invalid", "weak_password"],
      http: {
        method: "POST",
        path: "/v1/auth/password-resets",
        anonymous: true,
        limit: "recovery",
        summary: "Replace a forgotten password; the code is good once, for ten minutes, and all sessions end",
        example: { code: "AAAAAAAAAAAAAAAAAAAAAA", password: "a longer walk by the sea" },
        status: 204,
      },
    },
    requestVerification: {
      access: "customer",
      params: {},
      result: Type.Object({}),
      http: {
        method: "POST",
        path: "/v1/auth/verification-requests",
        limit: "recovery",
        summary: "Ask for another mail with a code that shows one's address to be one's own",
        status: 202,
      },
    },
    verifyAddress: {
      access: "customer",
      security: { event: "address_verified" },
      params: { code: Code },
      result: Type.Null(),
      refusals: ["code_invalid"],
      http: {
        method: "POST",
        path: "/v1/auth/verifications",
        limit: "recovery",
        summary: "Show one's address to be one's own, by the code that was mailed there",
        example: { code: "AAAAAAAAAAAAAAAAAAAAAA" },
        status: 204,
      },
    },
    unverified: {
      access: internalTo("notifications"),
      params: { userIds: Type.Array(Uuid, { maxItems: 100 }) },
      /** Those of them that may not be mailed yet. */
      result: Type.Object({ ids: Type.Array(Uuid) }),
    },
    markVerified: {
      access: internalTo(),
      idempotent: true,
      params: AccountId,
      result: Type.Null(),
    },
    issueCode: {
      access: internalTo("notifications"),
      params: { requestId: Uuid },
      /** Null where nothing is to be sent any more. */
      result: Nullable(Type.Object({ userId: Uuid, email: Email, kind: OneOf(MAIL_KINDS), code: Code })),
    },
    accountSessions: {
      access: "users:write-any",
      params: AccountId,
      result: Type.Object({ data: Type.Array(Session) }),
      http: {
        method: "GET",
        path: "/v1/auth/accounts/{userId}/sessions",
        summary: "Open sessions of an account",
        follows: USER,
      },
    },
    endAccountSessions: {
      access: "users:write-any",
      security: { event: "sessions_ended", target: "userId" },
      recentProof: PROOF_SECONDS,
      idempotent: true,
      params: { ...AccountId, sessionId: Type.Optional(Uuid) },
      result: Type.Object({ ended: Type.Integer({ minimum: 0 }) }),
      refusals: ["session_not_found"],
      http: {
        method: "DELETE",
        path: "/v1/auth/accounts/{userId}/sessions",
        summary: "End all sessions of an account, or one",
        follows: USER,
      },
    },
    disableAccount: {
      access: "users:write-any",
      security: { event: "account_disabled", target: "userId" },
      recentProof: PROOF_SECONDS,
      idempotent: true,
      params: AccountId,
      result: Type.Null(),
      refusals: ["account_not_found", "own_account"],
      http: {
        method: "POST",
        path: "/v1/auth/accounts/{userId}/disable",
        summary: "Let nobody enter an account any more; its sessions end",
        follows: USER,
        status: 204,
      },
    },
    enableAccount: {
      access: "users:write-any",
      security: { event: "account_enabled", target: "userId" },
      recentProof: PROOF_SECONDS,
      idempotent: true,
      params: AccountId,
      result: Type.Null(),
      refusals: ["account_not_found"],
      http: {
        method: "POST",
        path: "/v1/auth/accounts/{userId}/enable",
        summary: "Let its owner enter an account again",
        follows: USER,
        status: 204,
      },
    },
    endSessionsOf: {
      access: internalTo("users"),
      security: { event: "sessions_ended", target: "userId" },
      idempotent: true,
      params: AccountId,
      result: Type.Object({ ended: Type.Integer({ minimum: 0 }) }),
    },
    endedSessions: {
      access: "public",
      idempotent: true,
      params: { since: Timestamp },
      /** Sessions that ended since then, for who verifies access tokens. */
      result: Type.Object({ ids: Type.Array(Uuid) }),
    },
    jwks: {
      access: "public",
      idempotent: true,
      params: {},
      result: Type.Object({ keys: Type.Array(Jwk) }),
      http: {
        method: "GET",
        path: "/.well-known/jwks.json",
        anonymous: true,
        limit: "entrance",
        summary: "The public keys that access tokens are signed with",
        publicMaxAge: 300,
      },
    },
    keySet: {
      access: "public",
      idempotent: true,
      params: {},
      /** The keys of `jwks`, said by this service in a way that proves it. */
      result: Type.Object({ statement: Type.String() }),
    },
    rotateKeys: {
      access: internalTo(),
      security: { event: "key_rotation" },
      idempotent: true,
      params: {},
      result: Type.Object({ kid: Type.String(), signsFrom: Timestamp }),
    },
  },
  events: {
    session_ended: Type.Object({
      userId: Uuid,
      sessionId: Uuid,
      reason: OneOf([
        "logged_out",
        "refresh_reused",
        "password_changed",
        "account_disabled",
        "roles_changed",
        "by_staff",
      ]),
    }),
    password_changed: Type.Object({ userId: Uuid }),
    mail_requested: Type.Object({ requestId: Uuid, userId: Uuid, kind: OneOf(MAIL_KINDS) }),
    registered: Type.Object({ userId: Uuid }),
    refresh_reuse_detected: Type.Object({ userId: Uuid, sessionId: Uuid }),
    keys_rotated: Type.Object({ kid: Type.String(), signsFrom: Timestamp }),
  },
});
