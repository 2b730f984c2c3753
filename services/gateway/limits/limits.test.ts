// Limits of one gateway, as clients meet them. Each test asks from networks and as users of its own.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { ClassLimits } from "../../../contract/route-classes.ts";
import { securityFigures } from "../../../mixins/tell-security.ts";
import { openRequest, readWhole } from "../testing/open-request.ts";
import { as, openShop, type Shop, verify } from "../testing/start-shop.ts";
import { limitFigures } from "./limit-figures.ts";

const limits: ClassLimits = { seconds: 60, client: 2, network: 6, user: 4, staff: 50 };
const classes = { read: limits, write: limits, staff: limits, entrance: { ...limits, client: 3 } };
const ORIGIN = "https://shop.example.com";

let shop: Shop;
const verified: string[] = [];
beforeAll(async () => {
  shop = await openShop({
    trustedProxyHops: 1,
    corsOrigins: [ORIGIN],
    limits: { classes, redisUrl: undefined, prefix: "mugs" },
    verify: (token, via) => {
      verified.push(token);
      return verify(token, via);
    },
  });
});
afterAll(async () => {
  await shop[Symbol.asyncDispose]();
});

const from = (address: string, headers: Record<string, string> = {}) => ({
  headers: { "x-forwarded-for": address, ...headers },
});
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function statuses(count: number, ask: (i: number) => Promise<{ status: number }>): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < count; i++) all.push((await ask(i)).status);
  return all;
}

test("every answer says what is left to a client, and a refusal when to come again", async () => {
  const ask = () => shop.ask("GET", "/v1/mugs/m-1", from("10.0.0.1"));

  const first = await ask();
  await ask();
  const refused = await ask();

  expect(first.headers["ratelimit-policy"]).toBe('"read-client";q=2;w=60');
  expect(first.headers.ratelimit).toBe('"read-client";r=1;t=60');
  expect(refused.status).toBe(429);
  expect(refused.headers["ratelimit-policy"]).toBe('"read-client";q=2;w=60');
  expect(refused.headers.ratelimit).toMatch(/^"read-client";r=0;t=(59|60)$/);
  expect(refused.headers["retry-after"]).toBe(refused.headers.ratelimit?.split("t=")[1]);
  expect(refused.json).toEqual({
    type: "urn:commerce:problem:rate_limited",
    title: "Too many requests in a short time: wait, as Retry-After says",
    detail: "Too many requests in a short time: wait, as Retry-After says",
    status: 429,
    code: "rate_limited",
    instance: "/v1/mugs/m-1",
    requestId: expect.any(String),
    retryAfter: Number(refused.headers["retry-after"]),
  });
});

test("a page of another origin may read the limits", async () => {
  const reply = await shop.ask("GET", "/v1/mugs/m-1", from("10.0.0.2", { origin: ORIGIN }));

  expect(reply.headers["access-control-expose-headers"]?.split(", ")).toEqual(
    expect.arrayContaining(["RateLimit", "RateLimit-Policy", "Retry-After"]),
  );
});

test("what is refused calls no action, and its body is not waited for", async () => {
  await statuses(2, () => shop.ask("POST", "/v1/mug-drops", { ...from("10.0.0.3"), body: { how: "refused" } }));
  const before = shop.served.length;

  const { req, answered } = openRequest(shop.port, "POST", "/v1/mug-drops", {
    headers: { ...from("10.0.0.3").headers, "content-type": "application/json", "content-length": "90000" },
  });
  req.flushHeaders();

  expect((await readWhole(await answered)).status).toBe(429);
  expect(shop.served).toHaveLength(before);
  req.destroy();
});

test("classes are counted apart: who may not read any more may still order", async () => {
  const headers = bearer("user-apart");
  expect(await statuses(5, () => shop.ask("GET", "/v1/mugs", from("10.0.0.4", headers)))).toEqual([
    ...[200, 200, 200, 200, 429],
  ]);

  expect((await shop.ask("POST", "/v1/mug-orders", { ...from("10.0.0.4", headers), body: {} })).status).toBe(201);
});

test("a user's allowance goes along from network to network, and is shown beside the network's", async () => {
  const order = (i: number) =>
    shop.ask("POST", "/v1/mug-orders", { ...from(`10.0.1.${i}`, bearer("user-wanders")), body: {} });

  const first = await order(9);

  expect(first.headers["ratelimit-policy"]).toBe('"write-user";q=4;w=60, "write-network";q=6;w=60');
  expect(first.headers.ratelimit).toBe('"write-user";r=3;t=60, "write-network";r=5;t=60');
  expect(await statuses(4, order)).toEqual([201, 201, 201, 429]);
});

test("those who share an address have more of it together than one of them, and more than nobody in particular", async () => {
  const ask = (i: number) => shop.ask("GET", "/v1/mugs", from("10.0.2.1", bearer(`user-colleague-${i}`)));

  expect(await statuses(7, ask)).toEqual([200, 200, 200, 200, 200, 200, 429]);
});

test("a user who asks too much takes nothing from those at the same address", async () => {
  await statuses(30, () => shop.ask("GET", "/v1/mugs", from("10.0.2.2", bearer("user-greedy"))));

  expect((await shop.ask("GET", "/v1/mugs", from("10.0.2.2", bearer("user-modest")))).status).toBe(200);
});

test("staff have far more, wherever they sit", async () => {
  const ask = () => shop.ask("DELETE", "/v1/mugs/m-1", from("10.0.2.3", as.staff));

  expect(new Set(await statuses(50, ask))).toEqual(new Set([204]));
  expect((await ask()).headers["ratelimit-policy"]).toBe('"staff-staff";q=50;w=60');
});

test("a flood of bad tokens is refused before they are verified", async () => {
  verified.length = 0;
  const ask = (i: number) => shop.ask("GET", "/v1/mugs", from("10.0.3.1", bearer(`forged-${i}`)));

  expect(await statuses(20, ask)).toEqual([...Array(6).fill(401), ...Array(14).fill(429)]);
  expect(verified).toHaveLength(7);
  // No token at all is another allowance.
  expect((await shop.ask("GET", "/v1/mugs", from("10.0.3.1"))).status).toBe(200);
});

test("requests without a token where one is needed are counted as well", async () => {
  expect(await statuses(3, () => shop.ask("POST", "/v1/mug-orders", from("10.0.3.2")))).toEqual([401, 401, 429]);
});

test("neighbours in one IPv6 /64 are one client, those of another are not", async () => {
  const ask = (address: string) => shop.ask("GET", "/v1/mugs", from(address));

  expect((await ask("2001:db8:1:1::1")).status).toBe(200);
  expect((await ask("2001:DB8:1:1:ffff:1:2:3")).status).toBe(200);
  expect((await ask("2001:0db8:0001:0001::abcd")).status).toBe(429);
  expect((await ask("2001:db8:1:2::1")).status).toBe(200);
});

test("an IPv4 address is the same client however it is written", async () => {
  const ask = (address: string) => shop.ask("GET", "/v1/mugs", from(address));

  expect([(await ask("10.0.4.1")).status, (await ask("::ffff:10.0.4.1")).status]).toEqual([200, 200]);
  expect((await ask("::FFFF:10.0.4.1")).status).toBe(429);
});

test("an invented X-Forwarded-For makes no other client where no proxy is trusted", async () => {
  await using plain = await openShop({ limits: { classes, redisUrl: undefined, prefix: "mugs" } });

  const ask = (i: number) => plain.ask("GET", "/v1/mugs", from(`10.1.0.${i}`));

  expect(await statuses(3, ask)).toEqual([200, 200, 429]);
});

test("health and documents have an allowance of their own, a class without limits says nothing of any", async () => {
  await statuses(3, () => shop.ask("GET", "/v1/mugs", from("10.0.5.1")));

  expect(await statuses(4, () => shop.ask("GET", "/health/live", from("10.0.5.1")))).toEqual([200, 200, 200, 429]);
  await using open = await openShop();
  expect((await open.ask("GET", "/v1/mugs")).headers).not.toHaveProperty("ratelimit");
});

test("refusals are counted by class, and told once per client and window", async () => {
  limitFigures.resetMetrics();
  securityFigures.resetMetrics();

  await statuses(20, () => shop.ask("GET", "/v1/mugs", from("10.0.6.1")));
  await statuses(3, () => shop.ask("GET", "/v1/mugs", from("10.0.6.2")));

  expect(await limitFigures.metrics()).toContain('commerce_rate_limit_refusals_total{class="read"} 19');
  expect(await securityFigures.metrics()).toContain(
    'commerce_security_events_total{event="rate_limited",outcome="refused"} 2',
  );
});

test("of requests that come at once exactly the allowance is let in", async () => {
  const replies = await Promise.all(Array.from({ length: 40 }, () => shop.ask("GET", "/v1/mugs", from("10.0.7.1"))));

  expect(replies.filter(({ status }) => status === 200)).toHaveLength(limits.client);
});
