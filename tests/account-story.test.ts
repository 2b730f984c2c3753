// An account from its opening to its last logout, with the profile and the addresses that belong to it.
import { createPublicKey, type JsonWebKey } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import jwt from "jsonwebtoken";
import type { Tokens } from "../services/auth/auth.contract.ts";
import type { User, UserAddress } from "../services/users/users.contract.ts";
import { type Client, saidOf } from "./support/http.ts";
import { type Credentials, openShop, type RunningShop } from "./support/running-shop.ts";

let shop: RunningShop;
let hopper: Client & Credentials & { id: string };

beforeAll(async () => {
  shop = await openShop();
  hopper = await shop.register("Hopper");
}, 60_000);
afterAll(() => shop.close());

const ADDRESS = { name: "Grace Hopper", line1: "1 Navy Yard", city: "London", postalCode: "E1 6AN", country: "GB" };
const logIn = async ({ email, password }: Credentials = hopper) =>
  (await shop.anyone.post<Tokens>("/v1/auth/login", { email, password })).body;
const refresh = (refreshToken: string) => shop.anyone.post<Tokens>("/v1/auth/refresh", { refreshToken });

test("an account is opened once, whatever the case of its e-mail address", async () => {
  const account = { email: "Katherine@Example.com", password: "orbital mechanics", name: "Katherine" };

  const first = await shop.anyone.post("/v1/auth/register", account);
  const second = await shop.anyone.post("/v1/auth/register", { ...account, email: "katherine@example.COM" });

  expect(first).toMatchObject({ status: 202, body: { email: "katherine@example.com" } });
  expect([second.status, second.body]).toEqual([202, first.body]);
  const katherine = await shop.signIn({ ...account, email: "KATHERINE@example.com" });
  expect((await katherine.get<User>("/v1/users/me")).body).toMatchObject({
    name: "Katherine",
    ...(first.body as object),
  });
});

test("a password that is too easy opens no account", async () => {
  const account = { email: "easy@example.com", password: "password1", name: "Easy" };

  expect(saidOf(await shop.anyone.post("/v1/auth/register", account))).toBe("422 weak_password");
  expect(await shop.rows("auth", "select email from credentials where email = $1", [account.email])).toEqual([]);
});

test("a wrong password and an unknown account get the same answer", async () => {
  const wrong = await shop.anyone.post<object>("/v1/auth/login", { email: hopper.email, password: "wrong" });
  const unknown = await shop.anyone.post<object>("/v1/auth/login", { email: "nobody@example.com", password: "wrong" });

  expect(saidOf(wrong)).toBe("401 invalid_credentials");
  expect({ ...unknown.body, requestId: "" }).toEqual({ ...wrong.body, requestId: "" });
});

test("an access token is checked with the published key of its id, and lives shortly", async () => {
  const { accessToken, expiresIn, tokenType } = await logIn();
  const { body } = await shop.anyone.get<{ keys: (JsonWebKey & { kid: string })[] }>("/.well-known/jwks.json");
  const { header } = jwt.decode(accessToken, { complete: true }) as jwt.Jwt;
  const key = createPublicKey({ key: body.keys.find(({ kid }) => kid === header.kid) as JsonWebKey, format: "jwk" });

  const claims = jwt.verify(accessToken, key, { algorithms: ["ES256"] }) as jwt.JwtPayload;

  expect([tokenType, claims.sub]).toEqual(["Bearer", hopper.id]);
  expect(Number(claims.exp) - Number(claims.iat)).toBe(expiresIn);
  expect(expiresIn).toBeLessThanOrEqual(900);
  expect(body.keys.every((jwk) => jwk.d === undefined)).toBe(true);
});

test("a refresh token is good once; used again it ends the session that it began", async () => {
  const first = await logIn();
  const second = (await refresh(first.refreshToken)).body;
  expect((await shop.anyone.as(second.accessToken).get("/v1/users/me")).status).toBe(200);

  expect(saidOf(await refresh(first.refreshToken))).toBe("401 refresh_token_reused");

  expect(saidOf(await refresh(second.refreshToken))).toBe("401 invalid_refresh_token");
  expect(saidOf(await refresh("made up"))).toBe("401 invalid_refresh_token");
});

test("a token that has run out is in nobody's way to a new one, and still opens nothing else", async () => {
  const { refreshToken } = await logIn();
  // As a browser does that sends its header with every request.
  const stale = shop.anyone.as("run.out.token");
  const account = { email: "stale@example.com", password: "a walk by the sea", name: "Stale" };

  const answers = [
    await stale.post("/v1/auth/register", account),
    await stale.post("/v1/auth/login", { email: account.email, password: account.password }),
    await stale.post("/v1/auth/refresh", { refreshToken }),
    await stale.post("/v1/auth/logout", { refreshToken }),
    await stale.get("/.well-known/jwks.json"),
    await stale.get("/health/ready"),
    await stale.get("/v1/products"),
    await stale.get("/v1/users/me"),
  ];

  expect(answers.map(({ status }) => status)).toEqual([202, 200, 200, 204, 200, 200, 401, 401]);
});

test("of two refreshes at once with one token at most one gets new ones", async () => {
  const { refreshToken } = await logIn();

  const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken)]);

  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
});

test("logging out ends that session alone, and may be said twice", async () => {
  const [here, there] = [await logIn(), await logIn()];
  const logOut = () => shop.anyone.post("/v1/auth/logout", { refreshToken: here.refreshToken });

  expect([(await logOut()).status, (await logOut()).status]).toEqual([204, 204]);

  expect(saidOf(await refresh(here.refreshToken))).toBe("401 invalid_refresh_token");
  expect((await refresh(there.refreshToken)).status).toBe(200);
});

test("logging out everywhere ends all sessions", async () => {
  const sessions = [await logIn(), await logIn()];

  expect((await hopper.ask("POST", "/v1/auth/logout-all")).status).toBe(204);

  for (const { refreshToken } of sessions) expect((await refresh(refreshToken)).status).toBe(401);
  const again = await shop.signIn(hopper);
  expect((await again.get<{ data: unknown[] }>("/v1/auth/sessions")).body.data).toHaveLength(1);
  hopper = { ...hopper, ...again };
});

test("a profile is changed by who saw its latest version, and by nobody else", async () => {
  const { headers, body } = await hopper.get<User>("/v1/users/me");
  const change = (name: string, ifMatch?: string) => hopper.patch<User>("/v1/users/me", { name }, { ifMatch });

  const changed = await change("Admiral Hopper", headers.etag);

  expect(changed).toMatchObject({ status: 200, body: { name: "Admiral Hopper", version: body.version + 1 } });
  expect(changed.headers.etag).not.toBe(headers.etag);
  expect(saidOf(await change("Somebody else", headers.etag))).toBe("412 version_mismatch");
  expect(saidOf(await change("Somebody else"))).toBe("428 precondition_required");
  expect((await hopper.get<User>("/v1/users/me")).body).toEqual(changed.body);
});

test("addresses are kept, changed with If-Match, and taken away; nobody else sees them", async () => {
  const added = await hopper.post<UserAddress>("/v1/users/me/addresses", ADDRESS);
  const path = added.headers.location as string;
  const mallory = await shop.register("Mallory");

  expect(added).toMatchObject({ status: 201, body: ADDRESS });
  expect(path).toBe(`/v1/users/me/addresses/${added.body.id}`);
  expect(saidOf(await mallory.get(path))).toBe("404 address_not_found");
  expect(saidOf(await mallory.patch(path, { city: "Hull" }, { ifMatch: added.headers.etag }))).toBe(
    "404 address_not_found",
  );
  expect(saidOf(await mallory.delete(path))).toBe("404 address_not_found");

  const moved = await hopper.patch<UserAddress>(path, { city: "Leeds" }, { ifMatch: added.headers.etag });
  expect(moved.body).toMatchObject({ ...ADDRESS, city: "Leeds" });
  expect(saidOf(await hopper.patch(path, { city: "York" }, { ifMatch: added.headers.etag }))).toBe(
    "412 version_mismatch",
  );
  expect(saidOf(await hopper.patch(path, { city: "York" }))).toBe("428 precondition_required");

  expect((await hopper.delete(path)).status).toBe(204);
  expect(saidOf(await hopper.get(path))).toBe("404 address_not_found");
});

test("no answer above had a header that the document does not list", () => {
  expect([...shop.anyone.unlistedHeaders]).toEqual([]);
});
