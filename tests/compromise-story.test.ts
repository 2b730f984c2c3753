// Somebody else has got into an account: how that is ended, and how soon. An access token lives for ten minutes, unless its
// session ends before.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import jwt from "jsonwebtoken";
import type { Tokens } from "../services/auth/auth.contract.ts";
import type { User } from "../services/users/users.contract.ts";
import { type Client, saidOf } from "./support/http.ts";
import { type Credentials, openShop, type RunningShop } from "./support/running-shop.ts";
import { until } from "./support/until.ts";

const WITHIN_MS = 5_000;

let shop: RunningShop;
let staff: Client;
let victim: Credentials & { id: string };
let owner: Client;

beforeAll(async () => {
  shop = await openShop();
  staff = await shop.staff();
}, 60_000);
afterAll(() => shop.close());
beforeEach(async () => {
  const registered = await shop.register("Victim");
  [victim, owner] = [registered, registered];
});

const logIn = async (password = victim.password) =>
  (await shop.anyone.post<Tokens>("/v1/auth/login", { email: victim.email, password })).body;
const refresh = (refreshToken: string) => shop.anyone.post<Tokens>("/v1/auth/refresh", { refreshToken });
const entering = async (password = victim.password) =>
  saidOf(await shop.anyone.post("/v1/auth/login", { email: victim.email, password }));

/** A read of each kind: each of these services has the token before it, and refuses it by itself. */
const READS = ["users.me", "auth.sessions", "orders.list", "catalog.list"];
async function verdicts({ accessToken }: Tokens): Promise<string> {
  const asked = READS.map((action) =>
    shop.broker.call(action, {}, { meta: { token: accessToken } }).then(
      () => "ok",
      (error) => error.type,
    ),
  );
  return [...new Set(await Promise.all(asked))].join();
}
const isDead = (tokens: Tokens) =>
  until("every service refuses its access token", async () => (await verdicts(tokens)) === "TOKEN_INVALID", WITHIN_MS);
const isAlive = async (tokens: Tokens) => expect(await verdicts(tokens)).toBe("ok");

test("logging out everywhere ends every access token, and what was begun later lives", async () => {
  const stolen = [await logIn(), await logIn()];
  for (const tokens of stolen) await isAlive(tokens);

  expect((await owner.ask("POST", "/v1/auth/logout-all")).status).toBe(204);
  const later = await logIn();

  await Promise.all(stolen.map(isDead));
  await isAlive(later);
});

test("one session ends alone, by its own log-out as by a second use of its refresh token", async () => {
  const [one, other, kept] = [await logIn(), await logIn(), await logIn()];

  await shop.anyone.post("/v1/auth/logout", { refreshToken: one.refreshToken });
  await refresh(other.refreshToken);
  expect(saidOf(await refresh(other.refreshToken))).toBe("401 refresh_token_reused");

  await Promise.all([one, other].map(isDead));
  await isAlive(kept);
});

test("who changes his password goes on with new tokens; all others are out, and the old password is none", async () => {
  const stolen = await logIn();
  const wanted = "another walk by the sea";
  const change = (currentPassword: string, newPassword: string) =>
    owner.post<Tokens>("/v1/auth/password", { currentPassword, newPassword });

  expect(saidOf(await change("not the password", wanted))).toBe("403 wrong_password");
  expect(saidOf(await change(victim.password, "12345678"))).toBe("422 weak_password");
  const { status, body } = await change(victim.password, wanted);

  expect(status).toBe(200);
  await isDead(stolen);
  await isAlive(body);
  expect(saidOf(await refresh(stolen.refreshToken))).toBe("401 invalid_refresh_token");
  expect([await entering(), await entering(wanted)]).toEqual(["401 invalid_credentials", "200"]);
});

test("staff let nobody enter an account any more, and let its owner in again; nobody disables himself", async () => {
  const inside = await logIn();
  const { body: self } = await staff.get<User>("/v1/users/me");
  const set = (what: string, id = victim.id, by = staff) => by.ask("POST", `/v1/auth/accounts/${id}/${what}`);

  expect(saidOf(await set("disable", victim.id, owner))).toBe("403 forbidden");
  expect(saidOf(await set("disable", self.id))).toBe("409 own_account");
  expect([(await set("disable")).status, (await set("disable")).status]).toEqual([204, 204]);

  await isDead(inside);
  expect([await entering(), await entering("a guess")]).toEqual(["403 account_disabled", "401 invalid_credentials"]);
  expect(saidOf(await refresh(inside.refreshToken))).toBe("401 invalid_refresh_token");
  expect((await set("enable")).status).toBe(204);
  await isAlive(await logIn());
});

test("staff see the sessions of an account and end them, one or all", async () => {
  const [one, other] = [await logIn(), await logIn()];
  const path = `/v1/auth/accounts/${victim.id}/sessions`;
  const { body: open } = await staff.get<{ data: { id: string }[] }>(path);
  const { sid } = jwt.decode(one.accessToken) as jwt.JwtPayload;

  expect(open.data.map(({ id }) => id)).toContain(sid);
  expect((await staff.delete(`${path}?sessionId=${sid}`)).body).toEqual({ ended: 1 });
  await isDead(one);
  await isAlive(other);
  expect((await staff.delete(path)).body).toEqual({ ended: open.data.length - 1 });
  await isDead(other);
});

test("who loses the role of staff is refused at once, also with the token that names it", async () => {
  const path = `/v1/users/${victim.id}/roles`;
  const put = (by: Client, roles: string[]) => by.ask("PUT", path, { body: { roles } });
  expect((await put(staff, ["staff"])).body).toEqual({ roles: ["customer", "staff"] });
  const promoted = await logIn();
  const asStaff = shop.anyone.as(promoted.accessToken);
  expect((await asStaff.get("/v1/users")).status).toBe(200);
  expect(saidOf(await put(asStaff, []))).toBe("409 own_roles");

  expect((await put(staff, [])).body).toEqual({ roles: ["customer"] });

  await isDead(promoted);
  expect(saidOf(await shop.anyone.as((await logIn()).accessToken).get("/v1/users"))).toBe("403 forbidden");
  expect((await staff.get(path)).body).toEqual({ roles: ["customer"] });
});

test("a forgotten password is replaced by who reads the account's mail; the mail's words come from the shop, not from the request", async () => {
  const stolen = await logIn();
  const asked = (email: string) =>
    shop.anyone.ask("POST", "/v1/auth/password-reset-requests", { body: { email }, headers: { host: "evil.example" } });
  const [known, unknown] = [await asked(victim.email), await asked("nobody@example.com")];
  expect([known.status, known.body, unknown.status, unknown.body]).toEqual([202, {}, 202, {}]);

  const mail = await until(
    "the mail",
    async () => {
      const folder = join(shop.dataDir, "mail");
      const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".eml")) : [];
      return files
        .map((name) => readFileSync(join(folder, name), "utf8"))
        .find((text) => text.includes(victim.email) && text.includes("Choose a new"));
    },
    10_000,
  );
  expect(mail).not.toContain("evil.example");
  const [, code = ""] = /good for ten minutes:\s+([\w-]{22})/.exec(mail) ?? [];
  const wanted = "a new walk by the sea";
  const reset = () => shop.anyone.post("/v1/auth/password-resets", { code, password: wanted });

  expect(saidOf(await shop.anyone.as(code).get("/v1/users/me"))).toBe("401 token_invalid");
  expect((await reset()).status).toBe(204);
  expect(saidOf(await reset())).toBe("422 code_invalid");
  await isDead(stolen);
  expect([await entering(), await entering(wanted)]).toEqual(["401 invalid_credentials", "200"]);
});
