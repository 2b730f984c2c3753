import { hash } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Database } from "../../database/database.ts";
import { findKey } from "../../database/idempotency.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { moveOrders, type OrderMove } from "./move-orders.ts";
import type { OrderRecord } from "./order-record.ts";
import { defineOrdersModels } from "./orders.model.ts";
import { DEFAULT_ALLOWANCES } from "./paying/allowances.ts";
import { createOrders } from "./placing/create-orders.ts";
import { loadOrders } from "./reading/read-orders.ts";
import { anOrder } from "./testing/an-order.ts";

const NOW = new Date("2026-03-01T12:00:05Z");
const placing = { scope: "ada orders.place", key: "k-1" };
let database: TestDatabase;
let db: Database;
let order: OrderRecord;
const AT = { now: NOW, leaseUntil: NOW, allowances: DEFAULT_ALLOWANCES };

beforeEach(async () => {
  database = await testDatabase("orders");
  db = new Database({ url: database.url });
  order = anOrder({ placing });
  const idempotency = { ...placing, fingerprint: "f" };
  await createOrders(db, [{ order, actorId: null, idempotency }], { ...AT, now: order.createdAt });
});
afterEach(async () => {
  await db.close();
  database.release();
});

const confirm: OrderMove = {
  trigger: "confirmed",
  reason: null,
  paymentStatus: "AUTHORIZED",
  by: "drive",
  steps: [],
  wakeAt: null,
  answers: null,
  order: undefined as unknown as OrderRecord,
};
const move = async (...changes: Partial<OrderMove>[]) =>
  moveOrders(
    db,
    changes.map((each) => ({ ...confirm, order, answers: order.placing, ...each }) as OrderMove),
    AT,
  );
const standing = async () => (await loadOrders(defineOrdersModels(db.sequelize), [order.id]))[0]?.progress;
const rows = (text: string) => db.query({ name: hash("sha1", text), text });

test("a move changes the state, the facts and the version, and is told, remembered and answered", async () => {
  const [progress] = await move({});

  expect(progress).toEqual({
    status: "CONFIRMED",
    reason: null,
    paymentStatus: "AUTHORIZED",
    fulfillmentStatus: "UNFULFILLED",
    version: 2,
    updatedAt: NOW.toISOString(),
  });
  expect(await standing()).toEqual(progress);
  expect(await findKey(db, { ...placing, fingerprint: "f" })).toMatchObject({ kind: "done", response: progress });
  expect(await rows("select type from outbox order by id")).toEqual([
    { type: "orders.created" },
    { type: "orders.confirmed" },
  ]);
  expect(await rows("select type from order_history order by id")).toEqual([
    { type: "created" },
    { type: "confirmed" },
  ]);
});

test("a drive that comes too late moves nothing and finds out how the order stands", async () => {
  await move({});

  const [late] = await move({ trigger: "rejected", reason: "out_of_stock", paymentStatus: "NONE" });

  expect(late).toMatchObject({ status: "CONFIRMED", paymentStatus: "AUTHORIZED", version: 2 });
  expect(await rows("select count(*)::int as n from outbox")).toEqual([{ n: 2 }]);
});

test("a command that asks for what is not possible is told both states and what is allowed, and its neighbours are moved", async () => {
  const other = anOrder();
  const idempotency = { scope: "ada orders.place", key: "k-2", fingerprint: "f" };
  await createOrders(db, [{ order: other, actorId: null, idempotency }], AT);
  await move({});

  const [refused, moved] = await move(
    { by: "command", trigger: "expired", reason: "too_late" },
    { order: other, answers: null },
  );

  expect(refused).toMatchObject({
    code: 409,
    type: "INVALID_STATE_TRANSITION",
    message: 'The order is CONFIRMED, from where there is no way to "expired"',
    data: { current: "CONFIRMED", allowed: [] },
  });
  expect(moved).toMatchObject({ status: "CONFIRMED" });
});

test("of two moves of one order in a batch the second sees what the first made of it", async () => {
  const wait: Partial<OrderMove> = { trigger: "awaiting_payment", paymentStatus: "REQUIRES_ACTION", wakeAt: NOW };

  const answers = await move(wait, {}, { trigger: "expired", reason: "payment_not_completed" });

  expect(answers.map((answer) => (answer as { status: string }).status)).toEqual([
    "AWAITING_PAYMENT",
    "CONFIRMED",
    "CONFIRMED",
  ]);
  expect(await standing()).toMatchObject({ status: "CONFIRMED", version: 3 });
  expect(await rows("select aggregate_version as v from outbox order by id")).toEqual([{ v: 1 }, { v: 2 }, { v: 3 }]);
});

test("an order may be looked at again in any state, and one that nobody drives need not be", async () => {
  await move({ wakeAt: NOW });

  expect(await rows("select status, wake_at is not null as due from orders")).toEqual([
    { status: "CONFIRMED", due: true },
  ]);
});

test("an order that the release before moved has the payment status that follows from its state", async () => {
  await move({ trigger: "awaiting_payment", paymentStatus: "REQUIRES_ACTION", wakeAt: NOW });

  await rows("update orders set status = 'CONFIRMED', wake_at = null, version = version + 1");

  expect(await standing()).toMatchObject({ status: "CONFIRMED", paymentStatus: null });
});

test("a move that says nothing of the money leaves it as it was", async () => {
  await move({ trigger: "awaiting_payment", paymentStatus: "REQUIRES_ACTION", wakeAt: NOW });

  const { paymentStatus: _says, ...silent } = confirm;
  await moveOrders(db, [{ ...silent, order, trigger: "expired", reason: "payment_not_completed" }], AT);

  expect(await standing()).toMatchObject({ status: "EXPIRED", paymentStatus: "REQUIRES_ACTION" });
});
