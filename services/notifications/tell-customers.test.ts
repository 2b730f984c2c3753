import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Database } from "../../database/database.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { type ToTell, tellCustomers } from "./tell-customers.ts";
import { orderEvent } from "./testing/order-events.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
let database: TestDatabase;
let db: Database;

beforeEach(async () => {
  database = await testDatabase("notifications");
  db = new Database({ url: database.url });
});
afterEach(async () => {
  await db.close();
  database.release();
});

const tell = (events: readonly ToTell[], via = db) => via.transaction(async (tx) => tellCustomers(tx, events, NOW));
const told = () =>
  db.query<{ orderId: string; kind: string; recipient: string }>({
    name: "test_told",
    text: `select order_id as "orderId", kind, recipient from deliveries order by order_id, kind`,
  });

test("each kind of event is one mail to the address of the order", async () => {
  const orderId = randomUUIDv7();
  const types = ["orders.confirmed", "orders.expired", "orders.rejected", "orders.payment_failed"] as const;

  await tell(types.map((type) => orderEvent(type, { orderId })));

  expect(await told()).toEqual(
    ["order_confirmed", "order_expired", "order_rejected", "payment_failed"].map((kind) => ({
      orderId,
      kind,
      recipient: "ada@example.com",
    })),
  );
});

test("the same event twice, in one batch and later, is told once", async () => {
  const event = orderEvent("orders.confirmed");

  await tell([event, { ...event, id: randomUUIDv7() }]);
  await tell([event]);

  expect(await told()).toHaveLength(1);
});

test("two nodes that are given the same events at once, in opposite order, tell each customer once", async () => {
  const other = new Database({ url: database.url });
  const events = Array.from({ length: 200 }, () => orderEvent("orders.confirmed"));

  await Promise.all(Array.from({ length: 8 }, (_, i) => (i % 2 ? tell(events, db) : tell(events.toReversed(), other))));
  await other.close();

  const orderIds = (await told()).map((row) => row.orderId);
  expect(orderIds).toEqual(events.map((event) => event.data.orderId).sort());
});

test("an order without an e-mail address is told nothing", async () => {
  await tell([orderEvent("orders.confirmed", { email: null })]);

  expect(await told()).toEqual([]);
});

test("what happened more than a week ago is no news, so that a new group does not write to everybody", async () => {
  const weekAgo = NOW.getTime() - 7 * 24 * 3_600_000;
  const old = orderEvent("orders.confirmed", {}, new Date(weekAgo - 1));
  const young = orderEvent("orders.confirmed", {}, new Date(weekAgo));

  await tell([old, young]);

  expect((await told()).map((row) => row.orderId)).toEqual([young.data.orderId]);
});

test("five hundred events cost as many statements as one", async () => {
  const costOf = async (count: number) => {
    const before = db.statements;
    await tell(Array.from({ length: count }, () => orderEvent("orders.confirmed")));
    return db.statements - before;
  };

  const costs = [await costOf(1), await costOf(500)];

  expect(costs).toEqual([3, 3]);
  expect(await told()).toHaveLength(501);
});

test("the service's own role cannot remove the memory of what was told", async () => {
  const removing = db.query({ name: "test_remove", text: "delete from deliveries" });

  await expect(removing).rejects.toThrow(/permission denied/);
});
