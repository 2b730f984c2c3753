// A payment provider at the shop's door: what it signed are bytes, and only these bytes count.
import { randomUUIDv7 } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { call } from "../contract/typed.ts";
import { Database } from "../database/database.ts";
import { gatewayService } from "../services/gateway/gateway.service.ts";
import { payments } from "../services/payments/payments.contract.ts";
import { paymentsService } from "../services/payments/payments.service.ts";
import { sandboxProvider } from "../services/payments/providers/sandbox/sandbox.ts";
import { signWebhook } from "../services/payments/providers/signatures.ts";
import { testBroker } from "./support/broker.ts";
import { type Client, connect, saidOf } from "./support/http.ts";
import { type TestDatabase, testDatabase } from "./support/postgres.ts";

const SECRET = "the secret of a test";
const HERE = "/v1/webhooks/payments/sandbox";
const now = new Date("2026-03-01T12:00:00Z");
const clock = () => now;
let databases: TestDatabase[];
let db: Database;
let ledger: Database;
let broker: ServiceBroker;
let provider: Client;

beforeAll(async () => {
  databases = await Promise.all([testDatabase("payments"), testDatabase("sandbox")]);
  [db, ledger] = databases.map(({ url }) => new Database({ url })) as [Database, Database];
  const webhookSecrets = [SECRET];
  broker = await testBroker(
    paymentsService({
      db,
      providers: [sandboxProvider({ db: ledger, clock, slowMs: 0, webhookSecrets })],
      clock,
    }),
    gatewayService({
      port: 0,
      host: "127.0.0.1",
      contracts: { payments },
      verify: () => Promise.reject(new Error("providers send no tokens")),
    }),
  );
  const { port } = (broker.getLocalService("gateway") as unknown as { address(): { port: number } }).address();
  provider = await connect(`http://127.0.0.1:${port}`);
}, 60_000);
afterAll(async () => {
  provider.close();
  await broker.stop();
  await ledger.close();
  for (const database of databases) database.release();
});

const waitingPayment = async () => {
  const orderId = randomUUIDv7();
  const amount = { amount: 1999, currency: "GBP" };
  await call(broker, "payments.authorize", { orderId, amount, method: "pm_card_threeDSecure2Required" });
  return orderId;
};
const deliver = (body: string, signature: string) =>
  provider.post(HERE, body, { headers: { "webhook-signature": signature } });
const event = (id: string, orderId: string) =>
  `{ "id": "${id}",  "type":"charge.authorized", "amount": 1.10, "data":{"charge":{"key":"order-${orderId}"}}, "of": "Zoë" }`;

test("a signed event is taken as it came, once", async () => {
  const body = event("evt_1", await waitingPayment());

  const answers = [
    await deliver(body, signWebhook(body, SECRET, now)),
    await deliver(body, signWebhook(body, SECRET, now)),
  ];

  expect(answers.map(({ status, body }) => [status, body])).toEqual([
    [200, { received: "APPLIED" }],
    [200, { received: "REPEATED" }],
  ]);
});

test("the same event written in other bytes is not what was signed", async () => {
  const body = event("evt_2", await waitingPayment());

  const answer = await deliver(JSON.stringify(JSON.parse(body)), signWebhook(body, SECRET, now));

  expect(saidOf(answer)).toBe("403 webhook_signature_invalid");
});

test.each<[string, string, () => Promise<string>]>([
  ["without a signature", "403 webhook_signature_invalid", async () => saidOf(await provider.post(HERE, "{}"))],
  ["of long ago", "403 webhook_stale", async () => saidOf(await deliver("{}", signWebhook("{}", SECRET, new Date(0))))],
  [
    "that is no event",
    "422 webhook_unreadable",
    async () => saidOf(await deliver("{}", signWebhook("{}", SECRET, now))),
  ],
  [
    "of nobody we know",
    "404 unknown_provider",
    async () => saidOf(await provider.post("/v1/webhooks/payments/acme", "{}")),
  ],
  ["of nothing", "400 validation_failed", async () => saidOf(await provider.post(HERE))],
  [
    "of text",
    "415 unsupported_media_type",
    async () => saidOf(await provider.post(HERE, "{}", { type: "text/plain" })),
  ],
])("a webhook %s is %s", async (_what, said, send) => {
  expect(await send()).toBe(said);
});
