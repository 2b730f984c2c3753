import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { CallingOptions, ServiceBroker } from "moleculer";
import { call } from "../../contract/typed.ts";
import { Database } from "../../database/database.ts";
import { as, testBroker } from "../../tests/support/broker.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { inventoryService } from "./inventory.service.ts";
import { expireReservations } from "./release-reservations.ts";

const staff = as("staff", randomUUIDv7());
let database: TestDatabase;
let db: Database;
let nodes: ServiceBroker[];
let now: Date;

beforeEach(async () => {
  database = await testDatabase("inventory");
  now = new Date("2026-03-01T12:00:00Z");
  const open = () => new Database({ url: database.url });
  db = open();
  nodes = await Promise.all(
    [db, open()].map((each) => testBroker(inventoryService({ db: each, clock: () => now, sweepEveryMs: 3_600_000 }))),
  );
});

afterEach(async () => {
  for (const node of nodes) await node.stop();
  database.release();
});

let calls = 0;
const anyNode = () => nodes[calls++ % nodes.length] as ServiceBroker;
const firstNode = () => nodes[0] as ServiceBroker;

const adjust = (sku: string, delta: number, options: CallingOptions = {}, node = anyNode()) =>
  call(
    node,
    "inventory.adjust",
    { sku, delta, reason: "counted", idempotency: { key: randomUUIDv7(), fingerprint: sku } },
    { ...staff, ...options },
  );
const reserve = (orderId: string, sku: string, quantity = 1, options: CallingOptions = {}, node = anyNode()) =>
  call(
    node,
    "inventory.reserve",
    { orderId, lines: [{ sku, quantity }], expiresAt: new Date(now.getTime() + 60_000).toISOString() },
    options,
  );
const release = (orderId: string, options: CallingOptions = {}, node = anyNode()) =>
  call(node, "inventory.release", { orderId }, options);

interface Told {
  type: string;
  version: number;
  data: Record<string, unknown>;
  correlationId: string | null;
  causationId: string | null;
  traceparent: string | null;
  /** Of the transaction that told it. */
  tx: string;
}
/** What was told of a SKU or an order, without the service's name. */
const toldOf = (aggregateId: string) =>
  db.query<Told>(
    {
      name: "test_told",
      text: `select replace(type, 'inventory.', '') as type, aggregate_version as version, data,
          correlation_id as "correlationId", causation_id as "causationId", traceparent, xmin::text as tx
        from outbox where aggregate_id = $1 order by id`,
    },
    [aggregateId],
  );
const typesOf = async (aggregateId: string) => (await toldOf(aggregateId)).map(({ type }) => type);
const crossingsOf = async (sku: string) => (await typesOf(sku)).filter((type) => type !== "adjusted");

/** The events of a SKU count from 1 without gaps, and the level has the version of the last. */
async function expectVersionsWithoutGaps(sku: string): Promise<void> {
  const versions = (await toldOf(sku)).map(({ version }) => version);
  const [row] = await db.query<{ version: number }>(
    { name: "test_version", text: "select version from stock_levels where sku = $1" },
    [sku],
  );
  expect(versions).toEqual(Array.from({ length: row?.version ?? -1 }, (_, i) => i + 1));
}

test("a hundred buyers of the last ten mugs: it is told once that they are low and once that they are out", async () => {
  await adjust("MUG", 10);

  const answers = await Promise.all(Array.from({ length: 100 }, () => reserve(randomUUIDv7(), "MUG")));

  expect(answers.filter(({ status }) => status === "HELD")).toHaveLength(10);
  expect(await typesOf("MUG")).toEqual(["adjusted", "back_in_stock", "low_stock", "out_of_stock"]);
  expect((await toldOf("MUG")).at(-1)?.data).toEqual({ sku: "MUG", available: 0 });
  await expectVersionsWithoutGaps("MUG");
});

test("one order of all there is tells both steps, and one that leaves enough tells none", async () => {
  await adjust("MUG", 10);
  await adjust("TEAPOT", 10);

  await reserve(randomUUIDv7(), "MUG", 10);
  await reserve(randomUUIDv7(), "TEAPOT", 5);

  expect(await crossingsOf("MUG")).toEqual(["back_in_stock", "low_stock", "out_of_stock"]);
  expect(await crossingsOf("TEAPOT")).toEqual(["back_in_stock"]);
});

test("a refused order moves nothing and tells nothing of its SKUs", async () => {
  await adjust("MUG", 10);

  await reserve(randomUUIDv7(), "MUG", 11);

  expect(await typesOf("MUG")).toEqual(["adjusted", "back_in_stock"]);
});

test("a released order brings its SKU back once, however often it is released, on behalf of who released it", async () => {
  await adjust("MUG", 3);
  const orderId = randomUUIDv7();
  await reserve(orderId, "MUG", 3);

  await release(orderId, { requestID: "first" });
  await Promise.all(Array.from({ length: 20 }, () => release(orderId)));

  expect(await crossingsOf("MUG")).toEqual(["back_in_stock", "out_of_stock", "back_in_stock"]);
  expect((await toldOf("MUG")).at(-1)).toMatchObject({ data: { available: 3 }, correlationId: "first" });
  await expectVersionsWithoutGaps("MUG");
});

test("twenty orders released at once bring their SKU back once", async () => {
  await adjust("MUG", 20);
  const orderIds = Array.from({ length: 20 }, () => randomUUIDv7());
  await Promise.all(orderIds.map((orderId) => reserve(orderId, "MUG")));

  await Promise.all(orderIds.map((orderId) => release(orderId)));

  expect(await crossingsOf("MUG")).toEqual(["back_in_stock", "low_stock", "out_of_stock", "back_in_stock"]);
  await expectVersionsWithoutGaps("MUG");
});

test("expired holds bring their SKU back once, however many nodes sweep, on nobody's behalf", async () => {
  await adjust("MUG", 3);
  const orderId = randomUUIDv7();
  await reserve(orderId, "MUG", 2);
  await reserve(randomUUIDv7(), "MUG", 1);
  now = new Date(now.getTime() + 60_001);

  await Promise.all(Array.from({ length: 5 }, () => expireReservations(db, now)));

  expect(await crossingsOf("MUG")).toEqual(["back_in_stock", "out_of_stock", "back_in_stock"]);
  const nobody = { correlationId: null, causationId: null, traceparent: null };
  expect((await toldOf("MUG")).at(-1)).toMatchObject({ data: { sku: "MUG", available: 3 }, ...nobody });
  expect((await toldOf(orderId)).at(-1)).toMatchObject({ type: "reservation_expired", version: 2, ...nobody });
});

test("adjustments cross the steps, after the adjustment that made them", async () => {
  for (const delta of [9, -5, -1, -3, 2]) await adjust("MUG", delta);

  expect(await typesOf("MUG")).toEqual([
    ...["adjusted", "back_in_stock"],
    ...["adjusted", "low_stock"],
    "adjusted",
    ...["adjusted", "out_of_stock"],
    ...["adjusted", "back_in_stock"],
  ]);
  await expectVersionsWithoutGaps("MUG");
});

test("adjustments gathered in one transaction tell only where they lead", async () => {
  await adjust("MUG", 10, {}, firstNode());
  // The first of them runs alone; the others wait for it and are one batch.
  await Promise.all([-1, -9, 20].map((delta) => adjust("MUG", delta, {}, firstNode())));

  const told = await toldOf("MUG");
  expect(told.map(({ type }) => type)).toEqual(["adjusted", "back_in_stock", "adjusted", "adjusted", "adjusted"]);
  expect(told.at(-1)?.tx).toBe(told.at(-2)?.tx);
  await expectVersionsWithoutGaps("MUG");
});

test("whatever happens at once, versions have no gaps and every way out has one way back", async () => {
  const skus = ["MUG", "TEAPOT", "LANTERN"];
  for (const sku of skus) await adjust(sku, 4);
  const life = async (sku: string, i: number) => {
    const orderId = randomUUIDv7();
    if (i % 4 === 0) await adjust(sku, i % 8 === 0 ? 1 : -1).catch(() => undefined);
    await reserve(orderId, sku, 1 + (i % 3));
    if (i % 2 === 0) await release(orderId);
  };

  const sweeps = Array.from({ length: 5 }, () => expireReservations(db, new Date(now.getTime() + 60_001)));
  await Promise.all([...sweeps, ...skus.flatMap((sku) => Array.from({ length: 40 }, (_, i) => life(sku, i)))]);

  for (const sku of skus) {
    await expectVersionsWithoutGaps(sku);
    const { available } = await call(firstNode(), "inventory.level", { sku }, staff);
    const ways = (await crossingsOf(sku)).filter((type) => type !== "low_stock");
    expect(ways).toEqual(ways.map((_, i) => (i % 2 === 0 ? "back_in_stock" : "out_of_stock")));
    expect(ways.at(-1)).toBe(available === 0 ? "out_of_stock" : "back_in_stock");
  }
});

test("two commits in one batch each carry their own request", async () => {
  await adjust("MUG", 10);
  const [ahead, ada, bob] = [randomUUIDv7(), randomUUIDv7(), randomUUIDv7()] as const;
  for (const orderId of [ahead, ada, bob]) await reserve(orderId, "MUG");
  const commit = (orderId: string, requestID: string, meta = {}) =>
    call(firstNode(), "inventory.commit", { orderId }, { requestID, meta });

  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  await Promise.all([
    commit(ahead, "ahead"),
    commit(ada, "ada", { traceparent }),
    commit(bob, "bob", { causationId: "a payment" }),
  ]);

  const [adas, bobs] = [(await toldOf(ada)).at(-1), (await toldOf(bob)).at(-1)];
  expect(adas).toMatchObject({ correlationId: "ada", causationId: "ada", traceparent });
  expect(bobs).toMatchObject({ correlationId: "bob", causationId: "a payment", traceparent: null });
  expect(adas?.tx).toBe(bobs?.tx);
});

test("reserving, releasing and adjusting in one batch each carry their own request", async () => {
  await adjust("MUG", 10);
  const orderIds = Array.from({ length: 3 }, () => randomUUIDv7());
  const originsOf = async (type: string) =>
    (await Promise.all([...orderIds, "MUG"].map(toldOf)))
      .flat()
      .flatMap((told) => (told.type === type ? [told.correlationId] : []));

  await Promise.all(orderIds.map((id, i) => reserve(id, "MUG", 1, { requestID: `reserve ${i}` }, firstNode())));
  await Promise.all(orderIds.map((id, i) => release(id, { requestID: `release ${i}` }, firstNode())));
  await Promise.all(orderIds.map((_, i) => adjust("MUG", 1, { requestID: `adjust ${i}` }, firstNode())));

  expect(await originsOf("reserved")).toEqual(["reserve 0", "reserve 1", "reserve 2"]);
  expect(await originsOf("reservation_released")).toEqual(["release 0", "release 1", "release 2"]);
  expect((await originsOf("adjusted")).slice(1)).toEqual(["adjust 0", "adjust 1", "adjust 2"]);
});

test("the order that takes the last one is named by what it tells", async () => {
  await adjust("MUG", 6);

  for (const i of [1, 2, 3, 4, 5, 6]) await reserve(randomUUIDv7(), "MUG", 1, { requestID: `order ${i}` });

  expect((await toldOf("MUG")).slice(2).map(({ type, correlationId }) => [type, correlationId])).toEqual([
    ["low_stock", "order 2"],
    ["out_of_stock", "order 6"],
  ]);
});

test("lines that add up to more than one line may ask for are told of as well", async () => {
  const orderId = randomUUIDv7();
  const lines = [1, 2].map(() => ({ sku: "MUG", quantity: 1_000_000 }));

  const answer = await call(firstNode(), "inventory.reserve", { orderId, lines, expiresAt: now.toISOString() });

  const shortages = [{ sku: "MUG", requested: 2_000_000, available: 0 }];
  expect(answer).toEqual({ status: "REFUSED", shortages });
  expect(await toldOf(orderId)).toMatchObject([{ type: "reservation_refused", data: { orderId, shortages } }]);
});

test("crossing a step costs no statement more than crossing none", async () => {
  await adjust("MUG", 1_000);
  await adjust("TEAPOT", 10);
  const [plain, crossing] = [randomUUIDv7(), randomUUIDv7()];
  const statementsOf = async (work: () => Promise<unknown>) => {
    const before = db.statements;
    await work();
    return db.statements - before;
  };

  const reserving = await statementsOf(() => reserve(plain, "MUG", 10, {}, firstNode()));
  expect(await statementsOf(() => reserve(crossing, "TEAPOT", 10, {}, firstNode()))).toBe(reserving);
  const releasing = await statementsOf(() => release(plain, {}, firstNode()));
  expect(await statementsOf(() => release(crossing, {}, firstNode()))).toBe(releasing);
});
