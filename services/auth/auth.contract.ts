import { type Static, Type } from "typebox";
import { Jwk } from "../../contract/access-tokens.ts";
import { defineContract } from "../../contract/contract.ts";
import { Email, EmailInput } from "../../contract/email.ts";
import { Language, PersonName, PersonNameInput, Timestamp, Uuid } from "../../contract/fields.ts";
import { sharing } from "../../contract/refusals.ts";
import { AnyText } from "../../contract/text.ts";

const Password = AnyText({ minLength: 8, maxLength: 128, description: "Any characters, compared after NFC" });
const RefreshToken = AnyText({ minLength: 1, maxLength: 200 });

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
    ...sharing("email_taken", "invalid_email"),
    weak_password: { status: 422, message: "This password is too easy to guess" },
    invalid_credentials: { status: 401, message: "E-mail address or password is wrong" },
    too_many_attempts: { status: 429, message: "Too many failed logins: wait before the next one" },
    invalid_refresh_token: { status: 401, message: "The refresh token is unknown or no longer good: log in again" },
    refresh_token_reused: { status: 401, message: "The refresh token was used before; its session has been ended" },
    session_not_found: { status: 404, message: "There is no such session" },
  },
  actions: {
    register: {
      access: "public",
      params: {
        email: EmailInput,
        password: Password,
        name: PersonNameInput,
        language: Type.Optional(Language),
      },
      result: Type.Object({ id: Uuid, email: Email, name: PersonName }),
      refusals: ["email_taken", "invalid_email", "weak_password", "too_many_attempts"],
      http: {
        method: "POST",
        path: "/v1/auth/register",
        anonymous: true,
        limit: "registration",
        summary: "Open an account",
        example: { email: "bob@example.com", password: "a walk by the sea", name: "Bob" },
        status: 201,
      },
    },
    login: {
      access: "public",
      params: {
        email: EmailInput,
        password: AnyText({ minLength: 1, maxLength: 128 }),
      },
      result: Tokens,
      refusals: ["invalid_credentials", "invalid_email", "too_many_attempts"],
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
    rotateKeys: {
      access: "internal",
      idempotent: true,
      params: {},
      result: Type.Object({ kid: Type.String(), signsFrom: Timestamp }),
    },
  },
  events: {
    registered: Type.Object({ userId: Uuid }),
    refresh_reuse_detected: Type.Object({ userId: Uuid, sessionId: Uuid }),
    keys_rotated: Type.Object({ kid: Type.String(), signsFrom: Timestamp }),
  },
});
