import { afterEach, beforeEach, expect, test } from "@jest/globals";
import jwt from "jsonwebtoken";
import { call } from "../../../contract/typed.ts";
import { outcomesOf, type StartedAuth, startAuth } from "../testing/start-auth.ts";
import { publishedKeys, signingKeyOf } from "./signing-keys.ts";

let auth: StartedAuth;
beforeEach(async () => {
  auth = await startAuth();
});
afterEach(() => auth.stop());

const via = {} as never;
const jwks = async (broker = auth.broker) => (await call(broker, "auth.jwks", {})).keys;
const kidOf = (token: string) => jwt.decode(token, { complete: true })?.header.kid;
const rotate = () => call(auth.broker, "auth.rotateKeys", {});

test("publishes public parts only", async () => {
  const keys = await jwks();

  expect(keys).toEqual([
    {
      kty: "EC",
      crv: "P-256",
      x: expect.any(String),
      y: expect.any(String),
      kid: expect.any(String),
      alg: "ES256",
      use: "sig",
    },
  ]);
});

test("two nodes that need the first key at once make one", async () => {
  const other = await auth.another();

  const [one, two] = await Promise.all([jwks(), jwks(other)]);

  expect(two).toEqual(one);
});

test("an access token says what it must, and lives ten minutes", async () => {
  const { id } = await auth.register();
  const { accessToken } = await auth.login();

  const { header, payload } = jwt.decode(accessToken, { complete: true }) ?? {};
  const [key] = await jwks();

  expect(header).toEqual({ alg: "ES256", typ: "at+jwt", kid: key?.kid });
  const iat = Date.parse("2026-03-01T12:00:00Z") / 1_000;
  expect(payload).toEqual({
    iss: "https://shop.example",
    aud: "commerce",
    sub: id,
    jti: expect.any(String),
    iat,
    exp: iat + 600,
    roles: ["customer"],
    sid: expect.any(String),
    auth_time: iat,
    token_use: "access",
  });
  auth.pass(600);
  await expect(auth.verify(accessToken, via)).rejects.toMatchObject({ type: "TOKEN_EXPIRED" });
});

test("a rotation refuses no good token at any moment, and the old key goes when its last token has expired", async () => {
  await auth.register();
  const [old] = await jwks();
  const before = await auth.login();
  await auth.verify(before.accessToken, via);

  const next = await rotate();
  expect((await jwks()).map((key) => key.kid)).toEqual([old?.kid, next.kid]);
  const used = new Set<string | undefined>();
  const outcomes: string[] = [];
  // Half an hour, looked at every twenty seconds, with a token that is new and one that is about to expire.
  let aging = before.accessToken;
  for (let second = 0; second < 1_800; second += 20) {
    const { accessToken } = await auth.login();
    used.add(kidOf(accessToken));
    outcomes.push(...(await outcomesOf([auth.verify(accessToken, via), auth.verify(aging, via)])));
    if (second % 580 === 560) aging = accessToken;
    auth.pass(20);
  }

  expect(outcomes.filter((outcome) => outcome !== "ok")).toEqual([]);
  expect([...used]).toEqual([old?.kid, next.kid]);
  expect((await jwks()).map((key) => key.kid)).toEqual([next.kid]);
});

test("a rotation that is asked for again, also at once and on another node, is the same one and one event", async () => {
  const other = await auth.another();
  await jwks();

  const rotations = await Promise.all(
    Array.from({ length: 10 }, (_, i) => call(i % 2 ? other : auth.broker, "auth.rotateKeys", {})),
  );

  expect(new Set(rotations.map((rotation) => rotation.kid)).size).toBe(1);
  expect(await auth.origins()).toEqual([["auth.keys_rotated", 1, null]]);
});

test("a key that nobody needs any more is deleted by the next rotation, its private part with it", async () => {
  const [first] = await jwks();
  await rotate();
  auth.pass(86_400);

  await rotate();

  const rows = await auth.db.query<{ kid: string }>({ name: "test_keys", text: "select kid from signing_keys" });
  expect(rows).toHaveLength(2);
  expect(rows.map((row) => row.kid)).not.toContain(first?.kid);
});

test("the newest key whose time has come signs; a key is published until its successor's lead is long over", () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute));
  const keys = [{ signsFrom: at(0) }, { signsFrom: at(20) }];

  expect(signingKeyOf(keys, at(19))).toBe(keys[0]);
  expect(signingKeyOf(keys, at(20))).toBe(keys[1]);
  expect(publishedKeys(keys, at(19))).toEqual(keys);
  expect(publishedKeys(keys, at(30))).toEqual(keys);
  expect(publishedKeys(keys, at(32))).toEqual([keys[1]]);
});
