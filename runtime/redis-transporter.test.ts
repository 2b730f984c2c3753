// Each fault of Moleculer's own Redis transporter that this one is there to avoid, on a real Redis that is cut off,
// restarted, frozen and killed.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { Redis } from "ioredis";
import type { ServiceBroker, ServiceSchema } from "moleculer";
import { canStartRedis, type OwnRedis, ownRedis, warnWithoutRedis } from "../tests/support/own-redis.ts";
import { type ProxyRules, type TcpProxy, tcpProxy } from "../tests/support/tcp-proxy.ts";
import { until } from "../tests/support/until.ts";
import { longOutage, type Outage } from "./testing/long-outage.ts";
import { NAMESPACE, redisNode } from "./testing/redis-node.ts";

warnWithoutRedis();

const WITHIN_MS = 60_000;
/** A connect that failed is made again by Moleculer after 5 s, and what that leads to shows at once. */
const CONNECTS_AGAIN_MS = 5_500;
const REQUESTS = `MOL-${NAMESPACE}.REQ.answering`;

(canStartRedis ? describe : describe.skip)("over Redis", () => {
  let redis: OwnRedis;
  let outage: Promise<Outage>;
  beforeAll(async () => {
    // Beside the other tests, because it takes as long as all of them.
    outage = longOutage();
    outage.catch(() => {});
    redis = await ownRedis();
    await redis.start();
  });
  afterAll(async () => {
    await outage.catch(() => {});
    await redis.remove();
  }, WITHIN_MS);

  const nodes: ServiceBroker[] = [];
  const proxies: TcpProxy[] = [];
  let counted: number[];
  beforeEach(() => {
    counted = [];
  });
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.stop();
    for (const proxy of proxies.splice(0)) await proxy.close();
  });

  async function urlThrough(rules: ProxyRules): Promise<string> {
    const proxy = await tcpProxy(redis, rules);
    proxies.push(proxy);
    return `redis://${proxy.host}:${proxy.port}`;
  }
  async function node(id: string, url: string, service?: ServiceSchema): Promise<ServiceBroker> {
    const started = await redisNode({ id, url, service });
    nodes.push(started);
    return started;
  }
  const counter = (): ServiceSchema => ({
    name: "counter",
    actions: { count: (ctx) => counted.push((ctx.params as { call: number }).call) },
  });
  const count = (asking: ServiceBroker, call: number) => asking.call("counter.count", { call });
  async function ask<T>(question: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(redis.url);
    try {
      return await question(client);
    } finally {
      client.disconnect();
    }
  }

  test("a connection that was reset at start-up leaves one subscription, and a call is executed once", async () => {
    const url = await urlThrough({ accepts: (nth) => nth !== 2 });
    const began = performance.now();
    await node("answering", url, counter());
    const asking = await node("asking", redis.url);
    await until("Moleculer would have connected again", () => performance.now() > began + CONNECTS_AGAIN_MS);

    for (let call = 0; call < 10; call++) await count(asking, call);

    const [, subscriptions] = await ask((client) => client.pubsub("NUMSUB", REQUESTS));
    expect({ subscriptions, counted }).toEqual({ subscriptions: 1, counted: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
    expect(proxies[0]?.connections()).toBe(3);
  });

  test("restarts of Redis leave each node the two connections that it had, and calls work", async () => {
    await node("answering", redis.url, counter());
    const asking = await node("asking", redis.url);

    for (let call = 0; call < 4; call++) {
      await redis.restart();
      await until("a call is answered", () => count(asking, call).catch(() => false));
    }

    const list = await ask((client) => client.call("CLIENT", "LIST"));
    const asker = 1;
    expect(String(list).trim().split("\n").length - asker).toBe(4);
    expect(new Set(counted)).toEqual(new Set([0, 1, 2, 3]));
  });

  test("a packet whose acknowledgement was lost is not sent again", async () => {
    let cut: number | undefined;
    const url = await urlThrough({
      passes({ from, bytes, nth }) {
        if (cut === undefined && from === "client" && bytes.includes(REQUESTS)) cut = nth;
        return from === "client" || nth !== cut;
      },
    });
    await node("answering", redis.url, counter());
    const asking = await node("asking", url);
    await asking.waitForServices("counter");

    await count(asking, 1);
    // Goes the way of the first: what was sent again before it has been counted when this is.
    await until("a call is answered", () => count(asking, 2).catch(() => false));

    expect(cut).toBeDefined();
    expect(counted.filter((call) => call === 1)).toEqual([1]);
  });

  test(
    "a process outlives a Redis that froze, died and stayed away, and works again when it is back",
    async () => {
      const { pid, answeredBy } = await outage;

      expect(answeredBy).toBe(pid);
    },
    WITHIN_MS,
  );
});
