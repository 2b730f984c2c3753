// A provider that gives its ids itself, forgets keys, and cannot be asked by them: as real ones are.
import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { call } from "../../../contract/typed.ts";
import { Database } from "../../../database/database.ts";
import { testBroker } from "../../../tests/support/broker.ts";
import { type TestDatabase, testDatabase } from "../../../tests/support/postgres.ts";
import { paymentsService } from "../payments.service.ts";
import { ProviderUnreachable } from "../providers/provider.ts";
import { type Bank, openBank } from "../testing/bank.ts";

const HOUR_MS = 3_600_000;
let now: Date;
let database: TestDatabase;
let bank: Bank;
let brokers: ServiceBroker[];
let orderId: string;

beforeEach(async () => {
  now = new Date("2026-03-01T12:00:00Z");
  orderId = randomUUIDv7();
  database = await testDatabase("payments");
  bank = openBank("bank", () => now);
  brokers = [];
});
afterEach(async () => {
  for (const broker of brokers) await broker.stop();
  database.release();
});

/** A node of the shop; the first of the banks gets new payments. */
async function node(...banks: Bank[]): Promise<ServiceBroker> {
  const db = new Database({ url: database.url });
  const providers = (banks.length > 0 ? banks : [bank]).map(({ provider }) => provider);
  const broker = await testBroker(paymentsService({ db, providers, clock: () => now }));
  brokers.push(broker);
  return broker;
}
const authorize = async (via: ServiceBroker) =>
  (await call(via, "payments.authorize", { orderId, amount: { amount: 1999, currency: "GBP" }, method: "card" }))
    .status;
const giveBack = (via: ServiceBroker) => call(via, "payments.void", { orderId });
const cut = () => Promise.reject(new ProviderUnreachable("cut"));
const died = () => Promise.reject(new Error("the process died here"));

describe("opening and authorizing are two steps:", () => {
  test("the id is stored before money moves, so a charge that was never heard of is found by it", async () => {
    const via = await node();
    bank.failing.authorize = { after: died };
    await expect(authorize(via)).rejects.toThrow();
    bank.failing = {};

    expect(await authorize(via)).toBe("REQUIRES_CAPTURE");

    expect(bank.asked).toEqual(["open", "authorize", "find"]);
    expect(bank.charged()).toBe(1);
  });
  test("who dies between the two opens nothing a second time", async () => {
    const via = await node();
    bank.failing.authorize = { before: died };
    await expect(authorize(via)).rejects.toThrow();
    bank.failing = {};

    await authorize(via);

    expect(bank.asked.filter((what) => what === "open")).toHaveLength(1);
    expect(bank.charged()).toBe(1);
  });
  test("an opening that is lost has moved no money, and the payment is opened anew", async () => {
    const via = await node();
    bank.failing.open = { after: cut };

    expect(await authorize(via)).toBe("PROCESSING");
    bank.failing = {};

    expect(await authorize(via)).toBe("REQUIRES_CAPTURE");
    expect(bank.charged()).toBe(1);
  });
  test("two nodes that open one payment at once use one of the two ids, and charge once", async () => {
    const nodes = [await node(), await node()];

    await Promise.all(nodes.flatMap((each) => Array.from({ length: 10 }, () => authorize(each))));

    expect(new Set(await Promise.all(nodes.map(authorize)))).toEqual(new Set(["REQUIRES_CAPTURE"]));
    expect(bank.charged()).toBe(1);
  });
  test("a payment that is given back before it was opened is closed at the provider, for who is about to open it", async () => {
    const via = await node();
    bank.failing.open = { before: cut };
    await authorize(via);
    bank.failing = {};

    await giveBack(via);

    expect(await authorize(via)).toBe("CANCELED");
    expect(bank.charged()).toBe(0);
  });
});

describe("an unknown outcome", () => {
  const leaveUnknown = async (via: ServiceBroker) => {
    bank.failing = { authorize: { before: cut }, find: { before: cut } };
    expect(await authorize(via)).toBe("UNKNOWN");
    bank.failing = {};
  };

  test("of which nothing is known is sent again under its key while that is remembered", async () => {
    const via = await node();
    await leaveUnknown(via);
    now = new Date(now.getTime() + 23 * HOUR_MS);

    expect(await authorize(via)).toBe("REQUIRES_CAPTURE");
    expect(bank.charged()).toBe(1);
  });
  test("is never sent again under a key that may have been forgotten: the payment is closed, and failed", async () => {
    const via = await node();
    await leaveUnknown(via);
    now = new Date(now.getTime() + 25 * HOUR_MS);

    expect(await authorize(via)).toBe("FAILED");

    expect(bank.asked.slice(-3)).toEqual(["find", "find", "cancel"]);
    expect(bank.charged()).toBe(0);
  });
  test("that was a charge after all is found by its id, however late", async () => {
    const via = await node();
    bank.failing = { authorize: { after: cut }, find: { before: cut } };
    await authorize(via);
    bank.failing = {};
    now = new Date(now.getTime() + 72 * HOUR_MS);

    expect(await authorize(via)).toBe("REQUIRES_CAPTURE");
    expect(bank.charged()).toBe(1);
  });
});

describe("a payment remembers its provider:", () => {
  test("it goes to that one after the shop has changed to another", async () => {
    const other = openBank("other", () => now);
    bank.failing.authorize = { before: cut };
    bank.failing.find = { before: cut };
    await authorize(await node(bank));
    bank.failing = {};

    const later = await node(other, bank);
    expect(await authorize(later)).toBe("REQUIRES_CAPTURE");
    await giveBack(later);

    expect(bank.asked.at(-1)).toBe("cancel");
    expect(other.asked).toEqual([]);
  });
  test("without it nothing is asked of anybody, and the payment waits", async () => {
    await authorize(await node(bank));
    const other = openBank("other", () => now);
    const poorer = await node(other);

    await expect(giveBack(poorer)).rejects.toMatchObject({ code: 503, type: "PROVIDER_NOT_CONFIGURED" });
    expect(other.asked).toEqual([]);
  });
  test("a webhook is read by the provider that it is for", async () => {
    const other = openBank("other", () => now);
    const via = await node(bank, other);
    await authorize(via);
    const payload = JSON.stringify({ id: "evt-1", type: "charge", providerId: bank.ids()[0] });

    const receive = (provider: string) =>
      call(via, "payments.receiveWebhook", { provider, payload, signature: provider });

    expect(await receive("bank")).toEqual({ received: "APPLIED" });
    expect(await receive("other")).toEqual({ received: "IGNORED" });
    await expect(
      call(via, "payments.receiveWebhook", { provider: "other", payload, signature: "bank" }),
    ).rejects.toMatchObject({
      type: "WEBHOOK_SIGNATURE_INVALID",
    });
  });
  test("two of one name stop the start", () => {
    const twins = [bank.provider, openBank("bank", () => now).provider];

    expect(() => paymentsService({ db: new Database({ url: database.url }), providers: twins })).toThrow(
      /each of its own name/,
    );
  });
});
