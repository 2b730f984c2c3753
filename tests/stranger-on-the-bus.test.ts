// Somebody reaches the Redis that our processes talk over. What he may know grows from test to test: nothing, what he saw pass
// by, the secret that seals packets, and at last the credential of one service.
import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { Redis } from "ioredis";
import jwt from "jsonwebtoken";
import { type BrokerOptions, ServiceBroker, type ServiceSchema } from "moleculer";
import { call } from "../contract/typed.ts";
import { systemClock } from "../database/clock.ts";
import { sealingMiddleware } from "../middlewares/seal-packets.ts";
import { type TrustSettings, trustOf } from "../middlewares/trust/trust.ts";
import { keysFromAuth, tokenVerifier } from "../middlewares/verify-token.ts";
import { brokerOptions } from "../moleculer.config.ts";
import { redisTransporter } from "../runtime/redis-transporter.ts";
import { canStartRedis, type OwnRedis, ownRedis, warnWithoutRedis } from "./support/own-redis.ts";
import { testRoot } from "./support/trust.ts";
import { until } from "./support/until.ts";

warnWithoutRedis();

const NAMESPACE = "bus";
const SECRET = randomBytes(32).toString("hex");
const PASSWORD = "a walk by the canary sea";
const TOKENS = { issuer: "https://shop.example", audience: "commerce" };
const USER = "0195f1a0-0000-7000-8000-000000000001";
const STAFF = { id: USER, role: "staff" } as const;
const GRANTED = { roles: ["customer", "staff"] as const };

(canStartRedis ? describe : describe.skip)("a stranger on our Redis", () => {
  let redis: OwnRedis;
  const certified = testRoot();
  const brokers: ServiceBroker[] = [];
  let granted: string[];
  let nodes = 0;

  beforeAll(async () => {
    redis = await ownRedis();
    await redis.start();
  });
  afterEach(async () => {
    await Promise.all(brokers.splice(0).map((broker) => broker.stop()));
  });
  afterAll(() => redis.remove());

  async function start(options: BrokerOptions, ...services: ServiceSchema[]): Promise<ServiceBroker> {
    const broker = new ServiceBroker({ ...options, logger: false });
    for (const service of services) broker.createService(service);
    brokers.push(broker);
    await broker.start();
    return broker;
  }

  /** A process of ours, or one that has got hold of all that one has. */
  function node(settings: TrustSettings, ...services: ServiceSchema[]): Promise<ServiceBroker> {
    const trust = trustOf(settings, systemClock);
    const verify = tokenVerifier({ ...TOKENS, clock: systemClock, keys: keysFromAuth(trust) });
    const nodeId = `ours-${process.pid}-${nodes++}`;
    const config = {
      namespace: NAMESPACE,
      nodeId,
      logLevel: "fatal",
      redisUrl: redis.url,
      busSecrets: [SECRET],
    } as const;
    return start(brokerOptions(config, { verify, trust }), ...services);
  }

  /** A Moleculer node like any other, with nothing of ours but the name of the namespace; perhaps also the secret. */
  function stranger(secret: string | undefined, ...services: ServiceSchema[]): Promise<ServiceBroker> {
    const sealing = { namespace: NAMESPACE, secrets: [secret as string], clock: systemClock };
    const options: BrokerOptions = {
      namespace: NAMESPACE,
      nodeID: `stranger-${process.pid}-${nodes++}`,
      transporter: redisTransporter(redis.url),
      middlewares: secret === undefined ? [] : [sealingMiddleware(sealing)],
      requestTimeout: 2_000,
      skipProcessEventRegistration: true,
    };
    return start(options, ...services);
  }

  const usersService = (): ServiceSchema => {
    granted = [];
    return {
      name: "users",
      actions: {
        grantRole: (ctx) => {
          granted.push((ctx.params as { id: string }).id);
          return GRANTED;
        },
        rolesOf: () => GRANTED,
      },
    };
  };
  const asking = (action: string, params: object): ServiceSchema => ({
    name: "auth",
    actions: { ask: (ctx) => ctx.call(action, params) },
  });

  async function watch<T>(work: (seen: Map<string, Buffer[]>, client: Redis) => Promise<T>): Promise<T> {
    const [ear, mouth] = [new Redis(redis.url), new Redis(redis.url)];
    const seen = new Map<string, Buffer[]>();
    ear.on("pmessageBuffer", (_pattern: string, channel: Buffer, message: Buffer) => {
      const name = channel.toString();
      seen.set(name, [...(seen.get(name) ?? []), message]);
    });
    await ear.psubscribe("*");
    try {
      return await work(seen, mouth);
    } finally {
      ear.disconnect();
      mouth.disconnect();
    }
  }

  test("who does not know the secret sees no service, calls none and is asked by none", async () => {
    const users = await node(certified(["users"]), usersService());
    const mine: string[] = [];
    const prices = { price: () => mine.push("asked") };
    const eve = await stranger(undefined, { name: "catalog", actions: prices });
    const other = await node(certified(["auth"]));
    await other.waitForServices("users", 5_000);

    expect(eve.registry.getNodeList({ onlyAvailable: true })).toHaveLength(1);
    await expect(eve.call("users.grantRole", STAFF)).rejects.toMatchObject({ type: "SERVICE_NOT_FOUND" });
    await expect(users.call("catalog.price", { skus: [] })).rejects.toMatchObject({ type: "SERVICE_NOT_FOUND" });
    expect([granted, mine]).toEqual([[], []]);
  });

  test("packets written by hand are not obeyed: no call is made, and no node is sent away", async () => {
    const users = await node(certified(["users"]), usersService());
    const other = await node(certified(["auth"]), asking("users.grantRole", STAFF));
    await other.waitForServices("users", 5_000);
    const forged = { ver: "5", sender: other.nodeID, id: "1", meta: {}, level: 1 };
    const request = { ...forged, action: "users.grantRole", params: STAFF };

    await watch(async (seen, client) => {
      await client.publish(`MOL-${NAMESPACE}.REQ.${users.nodeID}`, JSON.stringify(request));
      await client.publish(`MOL-${NAMESPACE}.DISCONNECT`, JSON.stringify({ ver: "5", sender: users.nodeID }));
      await until("both went out", async () => seen.has(`MOL-${NAMESPACE}.DISCONNECT`));
      // An answer to a later question shows that both were looked at.
      await expect(call(other, "users.rolesOf", { id: USER }, { caller: "auth" })).resolves.toEqual(GRANTED);
    });

    expect(granted).toEqual([]);
  });

  test("a packet that was seen once and sent again does nothing, and nothing that passes by can be read", async () => {
    const users = await node(certified(["users"]), usersService());
    const operator = await node(certified(["operator"]));
    await operator.waitForServices("users", 5_000);
    const requests = `MOL-${NAMESPACE}.REQ.${users.nodeID}`;

    await watch(async (seen, client) => {
      await operator.call("users.grantRole", STAFF, { meta: { password: PASSWORD } });
      await until("it was seen", async () => seen.has(requests));
      const everything = Buffer.concat([...seen.values()].flat());
      expect(everything.includes(PASSWORD) || everything.includes("grantRole")).toBe(false);
      for (const packet of seen.get(requests) ?? []) await client.publish(requests, packet);
      await call(operator, "users.rolesOf", { id: USER });
    });

    expect(granted).toEqual([USER]);
  });

  test("who knows the secret and has no credential is refused what only services may ask", async () => {
    const users = await node(certified(["users"]), usersService());
    const eve = await stranger(SECRET);
    await eve.waitForServices("users", 5_000);
    const itself = trustOf(testRoot()(["operator"]), systemClock);
    const metas = [
      {},
      { caller: "operator" },
      { caller: { name: "operator" } },
      { caller: itself.signCall("operator", "users") },
    ];

    for (const meta of metas) {
      const refused = { code: 401, type: "UNAUTHENTICATED" };
      await expect(eve.call("users.grantRole", STAFF, { meta, caller: "operator" })).rejects.toMatchObject(refused);
    }
    expect(granted).toEqual([]);
    expect(users.nodeID).toBeDefined();
  });

  test("a service gets what the contract grants it, and no more; the operator gets all", async () => {
    await node(certified(["users"]), usersService());
    const auth = await node(certified(["auth"]), asking("users.grantRole", STAFF));
    await auth.waitForServices("users", 5_000);

    await expect(call(auth, "users.rolesOf", { id: USER }, { caller: "auth" })).resolves.toEqual(GRANTED);
    await expect(auth.call("auth.ask")).rejects.toMatchObject({ code: 403, type: "FORBIDDEN" });
    await expect(auth.call("users.grantRole", STAFF)).rejects.toMatchObject({ code: 401 });
    expect(granted).toEqual([]);

    const operator = await node(certified(["operator"]));
    await operator.waitForServices("users", 5_000);
    await expect(operator.call("users.grantRole", STAFF)).resolves.toEqual(GRANTED);
  });

  test("keys of access tokens are not believed for being answered: a self-made staff token opens nothing", async () => {
    const thief = trustOf(certified(["catalog"]), systemClock);
    const itself = testRoot()(["auth"]);
    const kid = "mine";
    const jwk = { ...(itself.credential.key.export({ format: "jwk" }) as { x: string; y: string }), kid };
    const keys = [{ kty: "EC", crv: "P-256", x: jwk.x, y: jwk.y, kid, alg: "ES256", use: "sig" }];
    const now = Math.floor(Date.now() / 1_000);
    const claims = { sub: USER, jti: "1", iat: now, exp: now + 600, roles: ["staff"], token_use: "access" };
    const token = jwt.sign(claims, itself.credential.key, {
      algorithm: "ES256",
      ...TOKENS,
      header: { alg: "ES256", typ: "at+jwt", kid },
    });
    const statements = [trustOf(itself, systemClock).signKeys(keys), thief.signKeys(keys), JSON.stringify({ keys })];
    const said = [...statements];
    await stranger(SECRET, { name: "auth", actions: { keySet: () => ({ statement: said.shift() }) } });

    for (const _ of statements) {
      const users = await node(certified(["users"]), usersService());
      await users.waitForServices("auth", 5_000);
      const refused = { code: 503, type: "KEYS_UNTRUSTED" };
      await expect(users.call("users.rolesOf", { id: USER }, { meta: { token } })).rejects.toMatchObject(refused);
      await users.stop();
    }
    expect(said).toEqual([]);
  });

  test("no node tells another where Redis is, with which password, or what it signs and seals with", async () => {
    const settings = certified(["users"]);
    const url = redis.url.replace("redis://", "redis://:canary-password@");
    const trust = trustOf(settings, systemClock);
    const config = {
      namespace: NAMESPACE,
      nodeId: "telling",
      logLevel: "fatal",
      redisUrl: url,
      busSecrets: [SECRET],
    } as const;
    const verify = async () => Promise.reject(new Error("nobody"));
    // This Redis asks for no password; ioredis gives one all the same, and goes on.
    const broker = await start(brokerOptions(config, { verify, trust }), usersService());
    const { d } = settings.credential.key.export({ format: "jwk" });

    const told = await Promise.all(
      ["$node.options", "$node.list", "$node.services", "$node.actions", "$node.health"].map((action) =>
        broker.call(action),
      ),
    );
    const info = broker.registry.getLocalNodeInfo(true);

    const everything = JSON.stringify([told, info]);
    expect(everything).toContain("users");
    const secrets = ["canary-password", SECRET, d as string, settings.credential.certificate];
    expect(secrets.map((secret) => everything.includes(secret))).toEqual([false, false, false, false]);
  });
});
