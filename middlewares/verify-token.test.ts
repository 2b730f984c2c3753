import { createHmac, createSign, generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "@jest/globals";
import jwt from "jsonwebtoken";
import type { ServiceBroker } from "moleculer";
import type { Jwk, VerifyToken } from "../contract/access-tokens.ts";
import { KEYS_LIVE_SECONDS } from "../contract/access-tokens.ts";
import { REFETCH_SECONDS, tokenVerifier } from "./verify-token.ts";

const via = { broker: {} as ServiceBroker };
const invalid = { code: 401, type: "TOKEN_INVALID" };
const expired = { code: 401, type: "TOKEN_EXPIRED" };

interface Signer {
  privateKey: KeyObject;
  publicKey: KeyObject;
  jwk: Jwk;
}
const signer = (kid: string): Signer => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x, y } = pair.publicKey.export({ format: "jwk" }) as { x: string; y: string };
  return { ...pair, jwk: { kty: "EC", crv: "P-256", x, y, kid, alg: "ES256", use: "sig" } };
};
const ours = signer("k1");
const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });

let now: number;
let published: Jwk[];
let fetches: number;
let verify: VerifyToken;
const options = {
  issuer: "https://shop.example",
  audience: "commerce",
  clock: () => new Date(now * 1_000),
  keys: async () => {
    fetches++;
    return published;
  },
};

beforeEach(() => {
  now = 1_772_366_400;
  published = [ours.jwk];
  fetches = 0;
  verify = tokenVerifier(options);
});

const claims = (changes: Record<string, unknown> = {}) => ({
  iss: "https://shop.example",
  aud: "commerce",
  sub: "0195f1a0-0000-7000-8000-000000000001",
  jti: randomUUID(),
  iat: now,
  exp: now + 600,
  roles: ["customer"],
  token_use: "access",
  ...changes,
});
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
/** Any header and payload, well signed with our key. */
const sign = (payload: unknown, header: Record<string, unknown> = {}, { privateKey } = ours) => {
  const input = `${encode({ alg: "ES256", typ: "at+jwt", kid: "k1", ...header })}.${encode(payload)}`;
  const signature = createSign("sha256").update(input).sign({ key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${input}.${signature.toString("base64url")}`;
};
const hmac = (header: Record<string, unknown>, secret: string | Buffer) => {
  const input = `${encode({ alg: "HS256", typ: "at+jwt", kid: "k1", ...header })}.${encode(claims())}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
};

test("says who the bearer of a good token is", async () => {
  const principal = await verify(sign(claims({ roles: ["customer", "staff", "emperor"] })), via);

  expect(principal).toEqual({ id: "0195f1a0-0000-7000-8000-000000000001", roles: ["customer", "staff"] });
  expect(() => Object.assign(principal, { id: "other" })).toThrow(TypeError);
  expect(() => (principal.roles as string[]).push("staff")).toThrow(TypeError);
});

test.each<[string, () => string]>([
  ["no token at all", () => ""],
  ["rubbish", () => "a.b.c"],
  ["a very long one", () => `${sign(claims({ filler: "x".repeat(5_000) }))}`],
  ["an unsigned one", () => `${encode({ alg: "none", typ: "at+jwt", kid: "k1" })}.${encode(claims())}.`],
  [
    "one signed with the public key's PEM as a secret",
    () => hmac({}, ours.publicKey.export({ format: "pem", type: "spki" })),
  ],
  [
    "one signed with the public key's DER as a secret",
    () => hmac({}, ours.publicKey.export({ format: "der", type: "spki" })),
  ],
  ["one that says ES256 over an HMAC", () => hmac({ alg: "ES256" }, "secret")],
  [
    "RS256",
    () =>
      jwt.sign(claims(), rsa.privateKey, { algorithm: "RS256", header: { alg: "RS256", typ: "at+jwt", kid: "k1" } }),
  ],
  ["EdDSA", () => sign(claims(), { alg: "EdDSA" })],
  ["another key under our key's id", () => sign(claims(), {}, signer("k1"))],
  [
    "a key that it brings along",
    () => sign(claims(), { kid: "evil", jwk: signer("evil").jwk, jku: "http://127.0.0.1:9/keys" }),
  ],
  ["no key id", () => sign(claims(), { kid: undefined })],
  ["a key id that is no text", () => sign(claims(), { kid: ["k1"] })],
  ["a key id from the prototype", () => sign(claims(), { kid: "constructor" })],
  ["another type", () => sign(claims(), { typ: "JWT" })],
  ["no type", () => sign(claims(), { typ: undefined })],
  ["critical extensions", () => sign(claims(), { crit: ["exp"] })],
  ["another use", () => sign(claims({ token_use: "refresh" }))],
  ["another issuer", () => sign(claims({ iss: "https://evil.example" }))],
  ["no issuer", () => sign(claims({ iss: undefined }))],
  ["another audience", () => sign(claims({ aud: "other" }))],
  ["no audience", () => sign(claims({ aud: undefined }))],
  ["no subject", () => sign(claims({ sub: undefined }))],
  ["an empty subject", () => sign(claims({ sub: "" }))],
  ["no id", () => sign(claims({ jti: undefined }))],
  ["no roles", () => sign(claims({ roles: undefined }))],
  ["no end", () => sign(claims({ exp: undefined }))],
  ["an end that is no number", () => sign(claims({ exp: "9999999999" }))],
  ["a life of more than fifteen minutes", () => sign(claims({ exp: now + 901 }))],
  ["no beginning", () => sign(claims({ iat: undefined }))],
  ["a beginning in the future", () => sign(claims({ iat: now + 61, exp: now + 120 }))],
  ["a validity in the future", () => sign(claims({ nbf: now + 61 }))],
  ["a payload that is no object", () => sign("admin")],
  [
    "a changed payload",
    () => {
      const [header, , signature] = sign(claims()).split(".");
      return `${header}.${encode(claims({ roles: ["staff"] }))}.${signature}`;
    },
  ],
])("refuses %s", async (_what, token) => {
  await expect(verify(token(), via)).rejects.toMatchObject(invalid);
});

test("allows for clocks that differ by a minute, but not for an end", async () => {
  await verify(sign(claims({ iat: now + 60, nbf: now + 60 })), via);

  await expect(verify(sign(claims({ iat: now - 600, exp: now })), via)).rejects.toMatchObject(expired);
});

test("a remembered token expires all the same", async () => {
  const token = sign(claims());
  await verify(token, via);
  now += 599;
  await verify(token, via);
  now += 1;

  await expect(verify(token, via)).rejects.toMatchObject(expired);
  now += 7_200;
  await expect(verify(token, via)).rejects.toMatchObject(expired);
});

test("a repeated token costs no check of its signature", async () => {
  const token = sign(claims());
  const first = await verify(token, via);

  expect(await verify(token, via)).toBe(first);
});

test("the oldest token is forgotten when there are too many", async () => {
  const small = tokenVerifier({ ...options, cacheSize: 2 });
  const [kept, old, recent] = [sign(claims()), sign(claims()), sign(claims())];
  const first = await small(kept, via);
  const second = await small(old, via);
  await small(kept, via);

  await small(recent, via);

  expect(await small(kept, via)).toBe(first);
  expect(await small(old, via)).not.toBe(second);
});

test("a hundred requests at once fetch the keys once", async () => {
  await Promise.all(Array.from({ length: 100 }, () => verify(sign(claims()), via)));

  expect(fetches).toBe(1);
});

test("a thousand invented key ids cause one more fetch, and the next only after a while", async () => {
  await verify(sign(claims()), via);
  now += REFETCH_SECONDS;

  const invented = Array.from({ length: 1_000 }, (_, i) => verify(sign(claims(), { kid: `evil${i}` }), via));
  const outcomes = await Promise.allSettled(invented);

  expect(outcomes.every((outcome) => outcome.status === "rejected")).toBe(true);
  expect(fetches).toBe(2);
  now += REFETCH_SECONDS;
  await expect(verify(sign(claims(), { kid: "evil" }), via)).rejects.toMatchObject(invalid);
  expect(fetches).toBe(3);
});

test("a token of a new key is good as soon as the key is published", async () => {
  await verify(sign(claims()), via);
  const next = signer("k2");
  published = [ours.jwk, next.jwk];
  now += REFETCH_SECONDS;

  await expect(verify(sign(claims(), { kid: "k2" }, next), via)).resolves.toMatchObject({ roles: ["customer"] });
});

test("a key that is no longer published is no longer believed, remembered tokens included", async () => {
  const token = sign(claims());
  await verify(token, via);
  published = [signer("k2").jwk];
  now += KEYS_LIVE_SECONDS;

  await expect(verify(token, via)).rejects.toMatchObject(invalid);
});

test("while auth is away its last keys decide, and without any the failure is not the token's", async () => {
  let away = true;
  const outage = new Error("auth is away");
  const keys = async () => {
    if (away) throw outage;
    return published;
  };
  const fragile = tokenVerifier({ ...options, keys });
  await expect(fragile(sign(claims()), via)).rejects.toBe(outage);
  away = false;
  await fragile(sign(claims()), via);
  away = true;
  now += KEYS_LIVE_SECONDS * 2;

  await expect(fragile(sign(claims()), via)).resolves.toMatchObject({ roles: ["customer"] });
});

test("does not begin without an issuer and an audience", () => {
  expect(() => tokenVerifier({ ...options, issuer: "" })).toThrow(/issuer/);
  expect(() => tokenVerifier({ ...options, audience: "" })).toThrow(/audience/);
});

test("a published key that is no public key on P-256 is not used", async () => {
  const weak = rsa.publicKey.export({ format: "jwk" }) as JsonWebKey;
  published = [{ ...weak, kid: "k1" } as unknown as Jwk];

  const token = jwt.sign(claims(), rsa.privateKey, { algorithm: "RS256", keyid: "k1" });
  await expect(verify(token, via)).rejects.toMatchObject(invalid);
  await expect(verify(sign(claims()), via)).rejects.toMatchObject(invalid);
});
