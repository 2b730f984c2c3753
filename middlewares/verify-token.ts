// Access tokens, verified by everyone who is handed one: the gateway and every service. Nothing in a token is believed
// before its signature, and nothing about how to check it is taken from the token: the algorithm is pinned, the key comes
// from the set that auth publishes, and embedded keys and addresses of keys are not looked at.
import { createPublicKey, type KeyObject } from "node:crypto";
import jwt from "jsonwebtoken";
import { Errors } from "moleculer";
import { ACCESS_TOKEN, type Jwk, KEYS_LIVE_SECONDS, type VerifyToken } from "../contract/access-tokens.ts";
import { type Principal, ROLES, type Role } from "../contract/permissions.ts";
import { tokenExpired, tokenInvalid } from "../contract/refusals.ts";
import { call } from "../contract/typed.ts";
import type { Clock } from "../database/clock.ts";
import type { EndedSessions } from "./ended-sessions.ts";
import type { Trust } from "./trust/trust.ts";

/** No stream of tokens with invented key ids makes more fetches than one per this many seconds. */
export const REFETCH_SECONDS = 5;
const MAX_LIFE_SECONDS = 15 * 60;
const SKEW_SECONDS = 60;
const MAX_LENGTH = 4_096;

export interface TokenVerifierOptions {
  issuer: string;
  audience: string;
  clock: Clock;
  /** Fetches the published keys. */
  keys: (via: Via) => Promise<readonly Jwk[]>;
  /** Tokens of ended sessions are refused; without it they live until they expire. */
  ended?: Pick<EndedSessions, "isEnded">;
  /** Verified tokens that are remembered. */
  cacheSize?: number;
}

type Via = Parameters<VerifyToken>[1];

interface Claims {
  principal: Principal;
  /** Of the session; absent in tokens of the release before. */
  session: string | undefined;
  exp: number;
}

/**
 * The published keys, from an auth service that proves to be one: who merely answers is not believed. Called on behalf of
 * nobody: with the request's token this would need the very keys that it asks for, and what it answers would be merged into the
 * request's meta.
 * @throws KEYS_UNTRUSTED (503)
 */
export const keysFromAuth =
  ({ readKeys }: Pick<Trust, "readKeys">) =>
  async ({ broker }: Via): Promise<readonly Jwk[]> => {
    const { statement } = await call(broker, "auth.keySet", {}, { timeout: 2_000 });
    try {
      return readKeys(statement) as readonly Jwk[];
    } catch (cause) {
      throw untrustedKeys((cause as Error).message);
    }
  };

/** @throws Error without an issuer or audience: jsonwebtoken would silently not check them */
export function tokenVerifier(options: TokenVerifierOptions): VerifyToken {
  const { issuer, audience, clock, ended, cacheSize = 10_000 } = options;
  if (!issuer || !audience) throw new Error("Access tokens are verified against an issuer and an audience: name both");
  const verified = new Map<string, Claims>();
  const ring = keyRing(options, () => verified.clear());

  /** A promise only where it has to be asked whether the session is over: nearly always that is known. */
  function bearerOf({ principal, session }: Claims, via: Via): Principal | Promise<Principal> {
    const isOver = session === undefined ? false : (ended?.isEnded(session, via) ?? false);
    if (isOver === false) return principal;
    if (isOver === true) throw tokenInvalid();
    return isOver.then((over) => {
      if (over) throw tokenInvalid();
      return principal;
    });
  }

  return async (token, via) => {
    const now = Math.floor(clock().getTime() / 1_000);
    const known = ring.isFresh(now) ? verified.get(token) : undefined;
    if (known !== undefined) {
      if (now >= known.exp) throw tokenExpired();
      // Put last: the map forgets from the front.
      verified.delete(token);
      verified.set(token, known);
      return bearerOf(known, via);
    }
    const claims = check(token, await ring.find(keyIdOf(token), now, via), { issuer, audience, now });
    if (verified.size >= cacheSize) verified.delete(verified.keys().next().value as string);
    verified.set(token, claims);
    return bearerOf(claims, via);
  };
}

/** Reads the header alone, to refuse what no key could make good before a key is looked for. */
function keyIdOf(token: string): string {
  if (token.length > MAX_LENGTH) throw tokenInvalid();
  let header: Record<string, unknown> | undefined;
  try {
    header = jwt.decode(token, { complete: true })?.header as unknown as typeof header;
  } catch {
    throw tokenInvalid();
  }
  const { alg, typ, kid, crit } = header ?? {};
  // `crit` names extensions that must be understood (RFC 7515); none is.
  if (alg !== ACCESS_TOKEN.algorithm || typ !== ACCESS_TOKEN.typ || crit !== undefined) throw tokenInvalid();
  if (typeof kid !== "string") throw tokenInvalid();
  return kid;
}

function check(
  token: string,
  key: KeyObject | undefined,
  { issuer, audience, now }: { issuer: string; audience: string; now: number },
): Claims {
  if (key === undefined) throw tokenInvalid();
  let payload: unknown;
  try {
    // Times are judged below: the library would let a token without `exp` live for ever.
    payload = jwt.verify(token, key, {
      algorithms: [ACCESS_TOKEN.algorithm],
      issuer,
      audience,
      ignoreExpiration: true,
      ignoreNotBefore: true,
    });
  } catch {
    throw tokenInvalid();
  }
  if (typeof payload !== "object" || payload === null) throw tokenInvalid();
  const {
    sub,
    jti,
    iat,
    exp,
    nbf = iat,
    roles,
    token_use,
    sid,
    auth_time: provenAt,
  } = payload as Record<string, unknown>;
  if (token_use !== ACCESS_TOKEN.use || typeof sub !== "string" || typeof jti !== "string") throw tokenInvalid();
  if (sub === "" || jti === "" || !Array.isArray(roles)) throw tokenInvalid();
  if (!isTime(iat) || !isTime(exp) || !isTime(nbf)) throw tokenInvalid();
  if (exp - iat > MAX_LIFE_SECONDS || iat > now + SKEW_SECONDS || nbf > now + SKEW_SECONDS) throw tokenInvalid();
  if (now >= exp) throw tokenExpired();
  // Remembered and handed to many requests: none may change it for the others.
  const proof = isTime(provenAt) ? { provenAt } : {};
  const principal = Object.freeze({ id: sub, roles: Object.freeze(roles.filter(isRole)), ...proof });
  return { principal, session: typeof sid === "string" ? sid : undefined, exp };
}

const untrustedKeys = (why: string) => new Errors.MoleculerServerError(why, 503, "KEYS_UNTRUSTED");
const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isRole = (value: unknown): value is Role => ROLES.some((role) => role === value);

/** The keys as last fetched. One fetch at a time, however many requests wait for it. */
function keyRing({ keys }: TokenVerifierOptions, onChange: () => void) {
  let ring = new Map<string, KeyObject>();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  const isFresh = (now: number) => now - fetchedAt < KEYS_LIVE_SECONDS;

  async function fetchKeys(now: number, via: Via): Promise<void> {
    triedAt = now;
    const published = await keys(via);
    ring = new Map(published.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: "jwk" })]));
    fetchedAt = now;
    onChange();
  }

  async function refetch(now: number, via: Via): Promise<void> {
    fetching ??= fetchKeys(now, via).finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  async function find(kid: string, now: number, via: Via): Promise<KeyObject | undefined> {
    const mayTry = fetching !== undefined || now - triedAt >= REFETCH_SECONDS;
    if (ring.size === 0 || (mayTry && !(ring.has(kid) && isFresh(now)))) {
      try {
        await refetch(now, via);
      } catch (error) {
        // While auth is away the keys it published last still decide about the tokens it signed with them.
        if (!ring.has(kid)) throw error;
      }
    }
    return ring.get(kid);
  }

  return { isFresh, find };
}
