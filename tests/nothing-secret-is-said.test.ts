// A shop at its most talkative, in which every secret is one that can be looked for: nothing that the process says, counts or
// answers holds any of them, and nothing that a client sends becomes a line of its own.
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { SERVICE_NAMES } from "../contract/contracts.ts";
import { securityFigures } from "../mixins/tell-security.ts";
import { processMetrics } from "../runtime/metrics.ts";
import type { Tokens } from "../services/auth/auth.contract.ts";
import { newKey, openShop, orderBody, type RunningShop } from "./support/running-shop.ts";
import { testServer } from "./support/test-server.ts";
import { testRoot } from "./support/trust.ts";

const canary = (what: string) => `canary-${what}-${randomBytes(12).toString("hex")}`;
const PASSWORD = canary("password");
const WRONG = canary("wrong");
const WANTED = canary("wanted");
const COOKIE = canary("cookie");
const BEARER = canary("bearer");
const BASIC = canary("basic");
const CARD = "4242424242424242";
const CVV = canary("cvv");
const WEBHOOK = canary("webhook");
const SIGNATURE = canary("signature");
const SMTP = canary("smtp");
const BUS = canary("bus");
const ESCAPES = "\u001b[2J\u009b31m";

let shop: RunningShop;
const said: string[] = [];
/** Each record of the log apart: how many lines it makes is part of the question. */
const records: string[] = [];
const answers: string[] = [];
const secrets = new Set([PASSWORD, WRONG, WANTED, COOKIE, BEARER, BASIC, CARD, CVV, WEBHOOK, SIGNATURE, SMTP, BUS]);

/** What the tests' client refuses to send or to take goes by hand. */
async function raw(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const asked = request(`${shop.url}${path}`, { method, headers }, (res) => {
    answers.push(JSON.stringify(res.headers));
    res.on("data", (chunk) => answers.push(String(chunk))).on("end", resolve);
  });
  asked.on("error", reject).end(body);
  await promise;
}
const send = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  raw("POST", path, { "content-type": "application/json", ...headers }, JSON.stringify(body));

const spies = (["log", "info", "warn", "error", "debug"] as const).map((level) =>
  jest.spyOn(console, level).mockImplementation((...args) => void records.push(args.join(" "))),
);
const streams = ([process.stdout, process.stderr] as const).map((stream) => {
  const write = stream.write.bind(stream);
  return jest.spyOn(stream, "write").mockImplementation((...args) => {
    said.push(String(args[0]));
    return write(...(args as Parameters<typeof write>));
  });
});

beforeAll(async () => {
  securityFigures.resetMetrics();
  const trust = testRoot()(SERVICE_NAMES);
  secrets.add(trust.credential.key.export({ type: "pkcs8", format: "pem" }).toString().split("\n")[1] as string);
  secrets.add(testServer().password);
  shop = await openShop({
    logLevel: "trace",
    sandbox: { slowMs: 0, webhookSecrets: [WEBHOOK] },
    mail: {
      smtpUrl: `smtp://shop:${SMTP}@127.0.0.1:1`,
      toFolder: false,
      from: "shop@example.com",
      templates: undefined,
    },
    busSecrets: [BUS],
    trust,
  });
  const email = "ada-canary@example.com";
  await shop.anyone.post("/v1/auth/register", { email, password: PASSWORD, name: "Ada" });
  const enter = async (password: string) =>
    (await shop.anyone.post<Tokens>("/v1/auth/login", { email, password })).body;
  await enter(WRONG);
  const first = await enter(PASSWORD);
  const refresh = (refreshToken: string) => shop.anyone.post<Tokens>("/v1/auth/refresh", { refreshToken });
  const second = (await refresh(first.refreshToken)).body;
  await refresh(first.refreshToken);
  const third = await enter(PASSWORD);
  for (const { accessToken, refreshToken } of [first, second, third]) {
    for (const secret of [refreshToken, accessToken, accessToken.split(".")[2]]) secrets.add(secret as string);
  }
  const ada = shop.anyone.as(third.accessToken);
  const { id: userId } = (await ada.get<{ id: string }>("/v1/users/me")).body;
  await ada.post("/v1/orders", orderBody(), { key: newKey() });
  await ada.post("/v1/orders", orderBody({ payment: { method: CARD } }), { key: newKey() });
  await ada.get("/v1/users");
  await ada.post("/v1/auth/password", { currentPassword: WRONG, newPassword: WANTED });
  const changed = await ada.post<Tokens>("/v1/auth/password", { currentPassword: PASSWORD, newPassword: WANTED });
  secrets.add(changed.body.accessToken).add(changed.body.refreshToken);
  await ada.as(changed.body.accessToken).post("/v1/auth/logout-all");

  const staff = await shop.staff();
  secrets.add(staff.token as string);
  await staff.post("/v1/stock-adjustments", { sku: "MUG-BLUE", delta: 1, reason: "found" }, { key: newKey() });
  await staff.get(`/v1/users/${userId}`);
  await shop.broker.call("auth.rotateKeys");
  await shop.broker.call("users.grantRole", { id: userId, role: "staff" });

  for (const authorization of [`Bearer ${BEARER}`, `Basic ${BASIC}`])
    await raw("GET", "/v1/users/me", { authorization, cookie: `session=${COOKIE}` });
  await raw("GET", "/v1/users/me");
  await send("/v1/auth/login", { email: [PASSWORD], password: { is: PASSWORD } });
  await send("/v1/auth/login", { email, password: PASSWORD, token: BEARER });
  await raw(
    "POST",
    "/v1/auth/login",
    { "content-type": "application/json" },
    `{"email": "x", "password": "${PASSWORD}`,
  );
  await send("/v1/orders", { card: { number: CARD, cvv: CVV } }, { authorization: `Bearer ${BEARER}` });
  await send("/v1/webhooks/payments/sandbox", { id: "evt_1" }, { "webhook-signature": SIGNATURE });
  await send("/v1/auth/login", { email: `a\r\n[x] INFO FAKE: b${ESCAPES}`, password: "a\r\nb" });
  await raw("GET", `/v1/a%0d%0aINFO%20FAKE:%20all%20is%20well%1b[2J`, {
    "user-agent": "a\u009b31m",
    "x-request-id": "a\u009b31m",
    "x-forwarded-for": `1\u009b31m`,
  });
  await raw("GET", "/v1/products?q=%0d%0aINFO%20FAKE:%20x%1b[31m", { traceparent: "00-\u009b31m" });
  shop.broker.getLogger("test").warn(`what somebody sent: a\r\nINFO FAKE: b${ESCAPES}`);
  await shop.settled();
}, 120_000);
afterAll(async () => {
  await shop.close();
  for (const spy of [...spies, ...streams]) spy.mockRestore();
});

test("no output, metric, error answer or introspection holds a secret", async () => {
  const node = await Promise.all(
    [
      "$node.options",
      "$node.list",
      "$node.services",
      "$node.actions",
      "$node.events",
      "$node.health",
      "$node.metrics",
    ].map((action) => shop.broker.call(action).catch((error) => error.message)),
  );
  const everything = [
    ...said,
    ...records,
    // The tokens of a log-in are its answer: of those that went by hand none succeeded.
    ...answers,
    JSON.stringify(node),
    await processMetrics(() => undefined).read(),
    process.title,
  ].join("\n");

  expect(records.length).toBeGreaterThan(100);
  expect(everything).toContain("$node");
  expect([...secrets].filter((secret) => everything.includes(secret))).toEqual([]);
});

test("what a client sends begins no line of the log, and commands no terminal", () => {
  expect(records.filter((record) => /[\p{Cc}\p{Zl}\p{Zp}]/u.test(record))).toEqual([]);
  expect(records.some((record) => record.includes("what somebody sent: a"))).toBe(true);
});
