// What the table allows one client of the real contracts, without the services behind them: each call is counted.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ServiceBroker } from "moleculer";
import { contracts } from "../../../contract/contracts.ts";
import { ROUTE_CLASSES } from "../../../contract/route-classes.ts";
import { auth } from "../../auth/auth.contract.ts";
import { orders } from "../../orders/orders.contract.ts";
import { gatewayService } from "../gateway.service.ts";
import type { Gateway } from "../gateway-types.ts";
import { classByDefault } from "../route.ts";
import { collectRoutes } from "../routes.ts";
import { type Ask, asker } from "../testing/ask.ts";

const broker = new ServiceBroker({ logger: false, skipProcessEventRegistration: true });
const called: string[] = [];
let ask: Ask;
beforeAll(async () => {
  const stub = (name: string, answer: unknown) => () => {
    called.push(name);
    return answer;
  };
  broker.createService({ name: "auth", actions: { register: stub("register", {}), login: stub("login", {}) } });
  broker.createService({ name: "orders", actions: { place: stub("place", { order: {} }) } });
  const gateway = broker.createService(
    gatewayService({
      port: 0,
      host: "127.0.0.1",
      contracts: { auth, orders },
      verify: async (token) => ({ id: token, roles: token === "sam" ? ["staff"] : ["customer"] }),
      limits: { classes: ROUTE_CLASSES, redisUrl: undefined, prefix: "real" },
    }),
  ) as unknown as Gateway;
  await broker.start();
  ask = asker(gateway.address().port);
});
afterAll(() => broker.stop());

async function callsOf(name: string, count: number, send: (i: number) => Promise<{ status: number }>) {
  called.length = 0;
  const replies = await Promise.all(Array.from({ length: count }, (_, i) => send(i)));
  return {
    called: called.filter((each) => each === name).length,
    refused: replies.filter(({ status }) => status === 429).length,
  };
}

test("of 60 registrations in a second 20 are tried, and for the others no password is hashed", async () => {
  const register = (i: number) =>
    ask("POST", "/v1/auth/register", {
      body: { email: `bot-${i}@example.com`, password: "a walk by the sea", name: "Bot" },
    });

  expect(await callsOf("register", 60, register)).toEqual({ called: 20, refused: 40 });
});

test("of 300 log-ins to 300 accounts from one address 100 are tried, whatever token they bring", async () => {
  const logIn = (i: number) =>
    ask("POST", "/v1/auth/login", {
      headers: { authorization: `Bearer user-${i}` },
      body: { email: `owner-${i}@example.com`, password: "a guess" },
    });

  expect(await callsOf("login", 300, logIn)).toEqual({ called: 100, refused: 200 });
});

test("routes whose class does not follow from who may call them and their method are these", () => {
  const named = collectRoutes(contracts).filter(({ http }) => http.limit !== undefined);

  expect(Object.fromEntries(named.map(({ http, limit }) => [`${http.method} ${http.path}`, limit]))).toEqual({
    "POST /v1/auth/register": "registration",
    "POST /v1/auth/login": "login",
    "POST /v1/auth/refresh": "session",
    "POST /v1/auth/logout": "session",
    "POST /v1/auth/password-reset-requests": "recovery",
    "POST /v1/auth/password-resets": "recovery",
    "POST /v1/auth/verification-requests": "recovery",
    "POST /v1/auth/verifications": "recovery",
    "GET /.well-known/jwks.json": "entrance",
    "GET /v1/products": "search",
    "POST /v1/orders": "checkout",
    "POST /v1/webhooks/payments/{provider}": "webhook",
  });
});

test.each([
  ["public", "GET", "read"],
  ["public", "POST", "write"],
  ["customer", "GET", "read"],
  ["customer", "DELETE", "write"],
  ["catalog:write", "GET", "staff"],
  ["users:read-any", "PATCH", "staff"],
] as const)("what is for %s and asked with %s is %s", (access, method, routeClass) => {
  expect(classByDefault(access, method)).toBe(routeClass);
});

const order = (token: string, i: number) =>
  ask("POST", "/v1/orders", {
    headers: { authorization: `Bearer ${token}`, "idempotency-key": `key-${token}-${i}-0123456789` },
    body: orders.actions.place.http.example,
  });

test("of 80 orders that one customer places at once 20 are placed, and the next customer's is", async () => {
  expect(await callsOf("place", 80, (i) => order("ada", i))).toEqual({ called: 20, refused: 60 });
  expect(await callsOf("place", 1, (i) => order("bob", i))).toEqual({ called: 1, refused: 0 });
});

test("staff who bring in a month of orders are not stopped", async () => {
  expect(await callsOf("place", 500, (i) => order("sam", i))).toEqual({ called: 500, refused: 0 });
});
