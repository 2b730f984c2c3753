import { randomUUID } from "node:crypto";
import jwt from "jsonwebtoken";
import { ACCESS_TOKEN, ACCESS_TOKEN_SECONDS } from "../../../contract/access-tokens.ts";
import type { OpenSession } from "../accounts/log-in.ts";
import type { SigningKey } from "./signing-keys.ts";

export interface TokenIdentity {
  issuer: string;
  audience: string;
}

/** A short-lived statement of who somebody is and what roles they had when it was made. */
export function signAccessToken(
  { subject, session }: OpenSession,
  { kid, privateKey }: SigningKey,
  { issuer, audience }: TokenIdentity,
  now: Date,
): string {
  const iat = Math.floor(now.getTime() / 1_000);
  const claims = {
    iss: issuer,
    aud: audience,
    sub: subject.userId,
    jti: randomUUID(),
    iat,
    exp: iat + ACCESS_TOKEN_SECONDS,
    roles: subject.roles,
    // It dies with its session, and tells when its bearer last proved who he is (OpenID Connect Core 1.0, 2).
    sid: session.id,
    auth_time: Math.floor(session.provenAt.getTime() / 1_000),
    token_use: ACCESS_TOKEN.use,
  };
  const { algorithm, typ } = ACCESS_TOKEN;
  return jwt.sign(claims, privateKey, { algorithm, header: { alg: algorithm, typ, kid } });
}
