// Two gateways count in one real Redis, which restarts, dies, freezes and holds what is not ours.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Redis } from "ioredis";
import type { ClassLimits } from "../../../contract/route-classes.ts";
import { canStartRedis, type OwnRedis, ownRedis, warnWithoutRedis } from "../../../tests/support/own-redis.ts";
import { until } from "../../../tests/support/until.ts";
import { openShop, type Shop } from "../testing/start-shop.ts";

const limits: ClassLimits = { seconds: 600, client: 10, network: 10, user: 10, staff: 10 };
const PREFIX = "mugs:limits";
/** As long as it takes: a machine that is busy would otherwise count a request for itself. */
const PATIENT = 5_000;

warnWithoutRedis();
(canStartRedis ? describe : describe.skip)("gateways over one Redis", () => {
  let redis: OwnRedis;
  let one: Shop;
  let other: Shop;
  const open = (patienceMs: number, redisUrl = redis.url) =>
    openShop({
      trustedProxyHops: 1,
      limits: { classes: { read: limits }, redisUrl, prefix: PREFIX, patienceMs },
    });
  beforeAll(async () => {
    redis = await ownRedis();
    await redis.start();
    [one, other] = await Promise.all([open(PATIENT), open(PATIENT)]);
  });
  afterAll(async () => {
    await Promise.all([one, other].map((shop) => shop?.[Symbol.asyncDispose]()));
    await redis.remove();
  });

  const ask = (shop: Shop, address: string) => shop.ask("GET", "/v1/mugs", { headers: { "x-forwarded-for": address } });
  const left = async (shop: Shop, address: string) =>
    Number(/r=(\d+)/.exec((await ask(shop, address)).headers.ratelimit ?? "")?.[1]);
  /** Asks as ever new clients, until one that asked a gateway is known to the other. */
  const shareAgain = (shop: Shop, network: string) => {
    let nth = 0;
    return until("they share", async () => {
      const address = `${network}.${++nth}`;
      return (await left(shop, address)) === 9 && (await left(other, address)) === 8;
    });
  };

  test("let in N together, of requests that come at once", async () => {
    const replies = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(i % 2 ? one : other, "10.0.0.1")));

    expect(replies.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(30);
  });

  test("remember what was asked of one that was restarted", async () => {
    for (let i = 0; i < 10; i++) await ask(one, "10.0.0.2");
    await one[Symbol.asyncDispose]();

    one = await open(PATIENT);

    const reply = await ask(one, "10.0.0.2");
    expect(reply).toMatchObject({ status: 429, json: { code: "rate_limited" } });
    expect(Number(reply.headers["retry-after"])).toBeGreaterThan(590);
  });

  test("keep under their prefix what is gone with its window", async () => {
    await ask(one, "10.0.0.3");

    const client = new Redis(redis.url);
    const keys = await client.keys("*");
    const ttl = await client.ttl(`${PREFIX}:read-client:10.0.0.3`);
    client.disconnect();

    expect(keys.filter((key) => !key.startsWith(`${PREFIX}:read-client:`))).toEqual([]);
    expect(ttl).toBeGreaterThan(590);
  });

  test("count for themselves what lies under a key as something else, and go on counting others together", async () => {
    const client = new Redis(redis.url);
    await client.lpush(`${PREFIX}:read-client:10.0.0.4`, "not ours");
    await client.set(`${PREFIX}:read-client:10.0.0.5`, "not a number", "EX", 600);
    client.disconnect();

    for (const address of ["10.0.0.4", "10.0.0.5"])
      expect([await left(one, address), await left(one, address), await left(other, address)]).toEqual([9, 8, 9]);
    expect([await left(one, "10.0.0.6"), await left(other, "10.0.0.6")]).toEqual([9, 8]);
  });

  test("count for themselves while it is frozen, hold nobody for longer than their patience, and share again", async () => {
    await using hasty = await open(50);
    await shareAgain(hasty, "10.0.7");
    redis.freeze();
    try {
      const took = await Promise.all(
        Array.from({ length: 30 }, async (_, i) => {
          const began = performance.now();
          await ask(hasty, `10.0.1.${i + 1}`);
          return performance.now() - began;
        }),
      );
      // Its 50 ms, and what a busy machine needs for thirty requests.
      expect(Math.max(...took)).toBeLessThan(1_000);
      for (let i = 0; i < 30; i++) await ask(hasty, "10.0.1.99");
      expect((await ask(hasty, "10.0.1.99")).status).toBe(429);
    } finally {
      redis.thaw();
    }

    await shareAgain(hasty, "10.0.5");
  });

  test("count for themselves while it is dead, and share again when it is back", async () => {
    await redis.kill();
    const statuses = [];
    for (let i = 0; i < 12; i++) statuses.push((await ask(one, "10.0.2.1")).status);
    expect(statuses).toEqual([...Array(10).fill(200), 429, 429]);

    await redis.start();

    await shareAgain(one, "10.0.6");
  });

  test("need no more of it than six commands on keys of their prefix", async () => {
    const admin = new Redis(redis.url);
    const commands = ["+evalsha", "+eval", "+set", "+incrby", "+pttl", "+expire"];
    await admin.call("ACL", "SETUSER", "limits", "reset", "on", ">secret", `~${PREFIX}:*`, "-@all", ...commands);
    await using bound = await open(PATIENT, redis.url.replace("//", "//limits:secret@"));

    expect([await left(bound, "10.0.8.1"), await left(other, "10.0.8.1")]).toEqual([9, 8]);
    const refused = (await admin.call("ACL", "LOG")) as unknown[];
    admin.disconnect();

    expect(refused).toEqual([]);
  });

  test("start without it", async () => {
    await redis.kill();
    try {
      await using alone = await open(50);
      expect((await ask(alone, "10.0.4.1")).status).toBe(200);
    } finally {
      await redis.start();
    }
  });
});
