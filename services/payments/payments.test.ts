import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { call } from "../../contract/typed.ts";
import { Database } from "../../database/database.ts";
import { testBroker } from "../../tests/support/broker.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { paymentsService } from "./payments.service.ts";
import { type PaymentProvider, ProviderUnreachable } from "./providers/provider.ts";
import { sandboxProvider } from "./providers/sandbox/sandbox.ts";

const GBP = (amount: number) => ({ amount, currency: "GBP" });
const clock = () => new Date("2026-03-01T12:00:00Z");
let databases: TestDatabase[];
let db: Database;
let ledger: Database;
let sandbox: PaymentProvider;
let broker: ServiceBroker | undefined;

beforeEach(async () => {
  databases = await Promise.all([testDatabase("payments"), testDatabase("sandbox")]);
  [db, ledger] = databases.map(({ url }) => new Database({ url })) as [Database, Database];
  sandbox = sandboxProvider({ db: ledger, clock, slowMs: 0 });
});

afterEach(async () => {
  await broker?.stop();
  await ledger.close();
  for (const database of databases) database.release();
});

async function start(provider: Partial<PaymentProvider> = {}) {
  broker = await testBroker(paymentsService({ db, providers: [{ ...sandbox, ...provider }], clock }));
  return broker;
}
const authorize = (via: ServiceBroker, orderId: string, method: string, amount = GBP(1999)) =>
  call(via, "payments.authorize", { orderId, amount, method });
const charges = () =>
  ledger.query<{ status: string; amount: string }>({
    name: "test_charges",
    text: "select status, amount from charges order by created_at, key",
  });
const trail = async () => ({
  ledger: await db.query({ name: "test_ledger", text: "select type, amount::int from payment_ledger order by id" }),
  events: await db.query({ name: "test_events", text: "select type, aggregate_version from outbox order by id" }),
});

test("authorizes once, with a ledger row and an event", async () => {
  const answer = await authorize(await start(), randomUUIDv7(), "pm_card_visa");

  expect(answer).toMatchObject({ status: "REQUIRES_CAPTURE", amount: GBP(1999), declineCode: null });
  expect(await charges()).toEqual([{ status: "authorized", amount: "1999" }]);
  expect(await trail()).toEqual({
    ledger: [{ type: "AUTHORIZATION", amount: 1999 }],
    events: [{ type: "payments.authorized", aggregate_version: 1 }],
  });
});

test("fifty parallel requests of one order charge once", async () => {
  const via = await start();
  const orderId = randomUUIDv7();

  const answers = await Promise.all(Array.from({ length: 50 }, () => authorize(via, orderId, "pm_card_visa")));

  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set(["REQUIRES_CAPTURE"]));
  expect(await charges()).toHaveLength(1);
  expect((await trail()).ledger).toHaveLength(1);
});

test.each([
  ["pm_card_visa_chargeDeclined", "card_declined"],
  ["pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"],
])("%s is declined with %s", async (method, declineCode) => {
  const answer = await authorize(await start(), randomUUIDv7(), method);

  expect(answer).toMatchObject({ status: "FAILED", declineCode });
});

test("a payment that needs the customer says so", async () => {
  expect(await authorize(await start(), randomUUIDv7(), "pm_card_threeDSecure2Required")).toMatchObject({
    status: "REQUIRES_ACTION",
  });
});

test("a connection cut after the charge ends as authorized, charged once", async () => {
  const answer = await authorize(await start(), randomUUIDv7(), "pm_sandbox_timeoutAfterCharge");

  expect(answer.status).toBe("REQUIRES_CAPTURE");
  expect(await charges()).toEqual([{ status: "authorized", amount: "1999" }]);
});

test("a connection cut before the charge ends as failed, and the key can charge no more", async () => {
  const orderId = randomUUIDv7();
  const answer = await authorize(await start(), orderId, "pm_sandbox_timeoutBeforeCharge");

  expect(answer).toMatchObject({ status: "FAILED", declineCode: "provider_timeout" });
  const late = await sandbox.authorize({
    ...{ providerId: randomUUIDv7(), key: `order-${orderId}` },
    ...{ amount: GBP(1999), method: "pm_card_visa" },
  });
  expect(late.kind).toBe("canceled");
});

test("while the provider cannot even be asked the outcome is unknown, and asking later finds it", async () => {
  let down = true;
  const lost = () => Promise.reject(new ProviderUnreachable("down"));
  const via = await start({
    authorize: async (request) => {
      const outcome = await sandbox.authorize(request);
      return down ? lost() : outcome;
    },
    find: (id) => (down ? lost() : sandbox.find(id)),
  });
  const orderId = randomUUIDv7();

  expect((await authorize(via, orderId, "pm_card_visa")).status).toBe("UNKNOWN");
  down = false;
  expect((await authorize(via, orderId, "pm_card_visa")).status).toBe("REQUIRES_CAPTURE");
  expect(await charges()).toHaveLength(1);
});

test("a crash between the charge and its record is found by asking the provider", async () => {
  let calls = 0;
  const via = await start({
    authorize: async (request) => {
      await sandbox.authorize(request);
      calls++;
      throw new Error("the process died here");
    },
  });
  const orderId = randomUUIDv7();
  await expect(authorize(via, orderId, "pm_card_visa")).rejects.toThrow();

  expect((await authorize(via, orderId, "pm_card_visa")).status).toBe("REQUIRES_CAPTURE");
  expect(calls).toBe(1);
  expect(await charges()).toHaveLength(1);
});

test("voiding gives the money back once, and a later authorization does not take it again", async () => {
  const via = await start();
  const orderId = randomUUIDv7();
  await authorize(via, orderId, "pm_card_visa");

  await Promise.all([call(via, "payments.void", { orderId }), call(via, "payments.void", { orderId })]);

  expect((await authorize(via, orderId, "pm_card_visa")).status).toBe("CANCELED");
  expect(await charges()).toEqual([{ status: "canceled", amount: "1999" }]);
  expect((await trail()).ledger).toEqual([
    { type: "AUTHORIZATION", amount: 1999 },
    { type: "VOID", amount: 1999 },
  ]);
});

test("an order without a payment has nothing to void", async () => {
  expect(await call(await start(), "payments.void", { orderId: randomUUIDv7() })).toEqual({ status: null });
});

test("the same order with another amount is refused", async () => {
  const via = await start();
  const orderId = randomUUIDv7();
  await authorize(via, orderId, "pm_card_visa");

  await expect(authorize(via, orderId, "pm_card_visa", GBP(1))).rejects.toMatchObject({ type: "AMOUNT_DIFFERS" });
});

test("one declined order in a batch changes nothing for its neighbours", async () => {
  const via = await start();
  const methods = ["pm_card_visa", "pm_card_visa_chargeDeclined", "pm_card_visa", "pm_sandbox_timeoutBeforeCharge"];

  const answers = await Promise.all(methods.map((method) => authorize(via, randomUUIDv7(), method)));

  expect(answers.map((answer) => answer.status)).toEqual(["REQUIRES_CAPTURE", "FAILED", "REQUIRES_CAPTURE", "FAILED"]);
});

test("a hundred payments at once take far fewer than a hundred times the statements of one", async () => {
  const via = await start();
  const count = () => db.statements + ledger.statements;
  const before = count();
  await authorize(via, randomUUIDv7(), "pm_card_visa");
  const one = count() - before;

  const start100 = count();
  await Promise.all(Array.from({ length: 100 }, () => authorize(via, randomUUIDv7(), "pm_card_visa")));

  expect(count() - start100).toBeLessThan(one * 10);
});
