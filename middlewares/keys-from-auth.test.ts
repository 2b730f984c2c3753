// The real verifier with the real keys: auth and users as they run together, and a service that calls on a user's behalf.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Context, ServiceBroker } from "moleculer";
import { call } from "../contract/typed.ts";
import { Database } from "../database/database.ts";
import { brokerOptions } from "../moleculer.config.ts";
import { authService } from "../services/auth/auth.service.ts";
import { usersService } from "../services/users/users.service.ts";
import { type TestDatabase, testDatabase } from "../tests/support/postgres.ts";
import { testTrust } from "../tests/support/trust.ts";
import { keysFromAuth, tokenVerifier } from "./verify-token.ts";

const tokens = { issuer: "https://shop.example", audience: "commerce" };
const cost = { memory: 64, passes: 1, parallelism: 1 };
let databases: TestDatabase[];
let broker: ServiceBroker;
let now: Date;

beforeEach(async () => {
  now = new Date("2026-03-01T12:00:00Z");
  const clock = () => now;
  const trust = testTrust(clock);
  databases = await Promise.all([testDatabase("auth"), testDatabase("users")]);
  const [authDb, usersDb] = databases.map(({ url }) => new Database({ url })) as [Database, Database];
  const verify = tokenVerifier({ ...tokens, clock, keys: keysFromAuth(trust) });

  const config = {
    namespace: "test",
    nodeId: "keys-from-auth",
    logLevel: "fatal",
    redisUrl: undefined,
    busSecrets: [],
  } as const;
  broker = new ServiceBroker({ ...brokerOptions(config, { verify, trust }), logger: false });
  broker.createService(authService({ db: authDb, clock, cost, signKeys: trust.signKeys, shopName: "Shop", ...tokens }));
  broker.createService(usersService({ db: usersDb, clock }));
  broker.createService({
    name: "concierge",
    actions: {
      // Twice: the first one fetches the keys, and must not lose the token on the way.
      ask: async (ctx: Context) => [await call(ctx, "users.me", {}), await call(ctx, "users.me", {})],
    },
  });
  await broker.start();
});

afterEach(async () => {
  await broker.stop();
  for (const database of databases) database.release();
});

const ada = { email: "ada@example.com", password: "correct horse battery" };
const logIn = async () => ({ meta: { token: (await call(broker, "auth.login", ada)).accessToken } });

test("who registers and logs in is known to every service, also to one that another service calls", async () => {
  await call(broker, "auth.register", { ...ada, name: "Ada Lovelace" });

  const profiles = await broker.call("concierge.ask", {}, await logIn());

  const own = { email: ada.email, name: "Ada Lovelace" };
  expect(profiles).toMatchObject([own, own]);
});

test("a granted role counts from the next token on", async () => {
  await call(broker, "auth.register", { ...ada, name: "Ada Lovelace" });
  const before = await logIn();
  const { id } = await call(broker, "users.me", {}, before);
  await call(broker, "users.grantRole", { id, role: "staff" });

  await expect(call(broker, "users.list", {}, before)).rejects.toMatchObject({ code: 403 });
  expect((await call(broker, "users.list", {}, await logIn())).data).toMatchObject([{ id }]);
});

test("a forged or expired token is refused by the service itself, on a public action too", async () => {
  await call(broker, "auth.register", { ...ada, name: "Ada Lovelace" });
  const good = await logIn();
  const forged = { meta: { token: `${good.meta.token.slice(0, -4)}AAAA` } };

  await expect(call(broker, "users.me", {}, forged)).rejects.toMatchObject({ code: 401, type: "TOKEN_INVALID" });
  await expect(call(broker, "auth.jwks", {}, forged)).rejects.toMatchObject({ type: "TOKEN_INVALID" });
  now = new Date(now.getTime() + 600_000);
  await expect(call(broker, "users.me", {}, good)).rejects.toMatchObject({ code: 401, type: "TOKEN_EXPIRED" });
});

test("an address that staff gave a customer without an account cannot be registered by somebody else", async () => {
  await call(broker, "users.create", { id: "0195f1a0-0000-7000-8000-000000000001", email: ada.email, name: "Ada" });

  await call(broker, "auth.register", { ...ada, name: "Eve" });
  await expect(logIn()).rejects.toMatchObject({ code: 401, type: "INVALID_CREDENTIALS" });
});
