import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { call } from "../../contract/typed.ts";
import { Database } from "../../database/database.ts";
import { as, testBroker } from "../../tests/support/broker.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { followCatalog } from "./follow-catalog.ts";
import { inventoryService } from "./inventory.service.ts";
import { expireReservations } from "./release-reservations.ts";
import { caughtUpWithCatalog, productTold } from "./testing/catalog-told.ts";

const staff = as("staff", randomUUIDv7());
let database: TestDatabase;
let db: Database;
let broker: ServiceBroker;
let now: Date;

beforeEach(async () => {
  database = await testDatabase("inventory");
  db = new Database({ url: database.url });
  now = new Date("2026-03-01T12:00:00Z");
  broker = await testBroker(inventoryService({ db, clock: () => now, sweepEveryMs: 3_600_000 }));
});

afterEach(async () => {
  await broker.stop();
  database.release();
});

let keys = 0;
const adjust = (sku: string, change: { delta: number } | { onHand: number }, key = `key-${keys++}`) =>
  call(
    broker,
    "inventory.adjust",
    { sku, ...change, reason: "received", idempotency: { key, fingerprint: JSON.stringify({ sku, change }) } },
    staff,
  );
const level = (sku: string) => call(broker, "inventory.level", { sku }, staff);
const reserve = (orderId: string, ...lines: [string, number][]) =>
  call(broker, "inventory.reserve", {
    orderId,
    lines: lines.map(([sku, quantity]) => ({ sku, quantity })),
    expiresAt: new Date(now.getTime() + 60_000).toISOString(),
  });
const ledgerSums = () =>
  db.query<{ sku: string; on_hand: number; reserved: number; same: boolean }>({
    name: "test_ledger",
    text: `select sku, sum(on_hand_delta)::int = max(on_hand) and sum(reserved_delta)::int = max(reserved) as same
      from stock_movements join stock_levels using (sku) group by sku`,
  });

test("refuses the second buyer of the last mug", async () => {
  await adjust("MUG", { delta: 1 });

  const answers = await Promise.all([reserve(randomUUIDv7(), ["MUG", 1]), reserve(randomUUIDv7(), ["MUG", 1])]);

  expect(answers.map((answer) => answer.status).sort()).toEqual(["HELD", "REFUSED"]);
  expect(await level("MUG")).toEqual({ sku: "MUG", onHand: 1, reserved: 1, available: 0 });
});

test("three hundred buyers of a hundred mugs: a hundred get one, over two nodes", async () => {
  await adjust("MUG", { delta: 100 });
  const other = await testBroker(
    inventoryService({ db: new Database({ url: database.url }), clock: () => now, sweepEveryMs: 3_600_000 }),
  );
  const buy = (i: number) =>
    call(i % 2 ? broker : other, "inventory.reserve", {
      orderId: randomUUIDv7(),
      lines: [{ sku: "MUG", quantity: 1 }],
      expiresAt: new Date(now.getTime() + 60_000).toISOString(),
    });

  const answers = await Promise.all(Array.from({ length: 300 }, (_, i) => buy(i)));
  await other.stop();

  expect(answers.filter((answer) => answer.status === "HELD")).toHaveLength(100);
  expect(await level("MUG")).toEqual({ sku: "MUG", onHand: 100, reserved: 100, available: 0 });
  expect(await ledgerSums()).toEqual([{ sku: "MUG", same: true }]);
});

test("orders that want the same SKUs in opposite order do not block each other", async () => {
  await adjust("A", { delta: 1_000 });
  await adjust("B", { delta: 1_000 });
  const other = await testBroker(
    inventoryService({ db: new Database({ url: database.url }), clock: () => now, sweepEveryMs: 3_600_000 }),
  );
  const buy = (node: ServiceBroker, skus: string[]) =>
    call(node, "inventory.reserve", {
      orderId: randomUUIDv7(),
      lines: skus.map((sku) => ({ sku, quantity: 1 })),
      expiresAt: new Date(now.getTime() + 60_000).toISOString(),
    });

  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => buy(i % 2 ? broker : other, i % 2 ? ["A", "B"] : ["B", "A"])),
  );
  await other.stop();

  expect(answers.every((answer) => answer.status === "HELD")).toBe(true);
});

test("the same order asking fifty times at once holds once", async () => {
  await adjust("MUG", { delta: 10 });
  const orderId = randomUUIDv7();

  const answers = await Promise.all(Array.from({ length: 50 }, () => reserve(orderId, ["MUG", 2])));

  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set(["HELD"]));
  expect((await level("MUG")).reserved).toBe(2);
});

test("a refused order stays refused when stock arrives later", async () => {
  const orderId = randomUUIDv7();
  await reserve(orderId, ["MUG", 1]);
  await adjust("MUG", { delta: 5 });

  expect((await reserve(orderId, ["MUG", 1])).status).toBe("REFUSED");
});

test("holds all lines or none", async () => {
  await adjust("MUG", { delta: 5 });

  const answer = await reserve(randomUUIDv7(), ["MUG", 1], ["TEAPOT", 1]);

  expect(answer).toEqual({ status: "REFUSED", shortages: [{ sku: "TEAPOT", requested: 1, available: 0 }] });
  expect((await level("MUG")).reserved).toBe(0);
});

test("an expired hold gives its stock back once, however many nodes sweep", async () => {
  await adjust("MUG", { delta: 5 });
  await reserve(randomUUIDv7(), ["MUG", 3]);
  now = new Date(now.getTime() + 60_001);

  const swept = await Promise.all(Array.from({ length: 5 }, () => expireReservations(db, now)));

  expect(swept.reduce((total, count) => total + count)).toBe(1);
  expect((await level("MUG")).reserved).toBe(0);
});

test("a hold whose time is up cannot be committed, even before it is swept", async () => {
  await adjust("MUG", { delta: 5 });
  const orderId = randomUUIDv7();
  await reserve(orderId, ["MUG", 3]);
  now = new Date(now.getTime() + 60_001);

  expect(await call(broker, "inventory.commit", { orderId })).toEqual({ status: "EXPIRED" });
});

test("an expired hold is held again when the order asks again", async () => {
  await adjust("MUG", { delta: 5 });
  const orderId = randomUUIDv7();
  await reserve(orderId, ["MUG", 3]);
  now = new Date(now.getTime() + 60_001);
  await expireReservations(db, now);

  expect((await reserve(orderId, ["MUG", 3])).status).toBe("HELD");
  expect(await call(broker, "inventory.commit", { orderId })).toEqual({ status: "COMMITTED" });
  expect((await level("MUG")).reserved).toBe(3);
});

test("a committed hold no longer expires, and committing twice is once", async () => {
  await adjust("MUG", { delta: 5 });
  const orderId = randomUUIDv7();
  await reserve(orderId, ["MUG", 3]);
  await call(broker, "inventory.commit", { orderId });
  now = new Date(now.getTime() + 3_600_000);

  expect(await call(broker, "inventory.commit", { orderId })).toEqual({ status: "COMMITTED" });
  expect(await expireReservations(db, now)).toBe(0);
});

test("releasing twice gives back once", async () => {
  await adjust("MUG", { delta: 5 });
  const orderId = randomUUIDv7();
  await reserve(orderId, ["MUG", 3]);

  const answers = await Promise.all(Array.from({ length: 10 }, () => call(broker, "inventory.release", { orderId })));
  await call(broker, "inventory.release", { orderId });

  expect(answers.filter((answer) => answer.released).length).toBeGreaterThan(0);
  expect(await level("MUG")).toMatchObject({ onHand: 5, reserved: 0 });
  expect(await ledgerSums()).toEqual([{ sku: "MUG", same: true }]);
});

test("a reservation that arrives after its release holds nothing", async () => {
  await adjust("MUG", { delta: 5 });
  const orderId = randomUUIDv7();
  await call(broker, "inventory.release", { orderId });

  expect((await reserve(orderId, ["MUG", 1])).status).toBe("REFUSED");
  expect((await level("MUG")).reserved).toBe(0);
});

test("an adjustment repeated with its key answers the same and moves stock once", async () => {
  const first = await adjust("MUG", { delta: 5 }, "same");
  await adjust("MUG", { delta: 2 });

  const again = await adjust("MUG", { delta: 5 }, "same");

  expect(again).toEqual({ ...first, replayed: true });
  expect((await level("MUG")).onHand).toBe(7);
});

test("fifty parallel adjustments with one key move stock once", async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => adjust("MUG", { delta: 5 }, "same")));

  expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1);
  expect((await level("MUG")).onHand).toBe(5);
});

test("a key reused with another adjustment is refused", async () => {
  await adjust("MUG", { delta: 5 }, "same");

  await expect(adjust("MUG", { delta: 6 }, "same")).rejects.toMatchObject({
    code: 422,
    type: "IDEMPOTENCY_KEY_REUSED",
  });
});

test("an adjustment below what is reserved is refused, and its key is free again", async () => {
  await adjust("MUG", { delta: 5 });
  await reserve(randomUUIDv7(), ["MUG", 4]);

  await expect(adjust("MUG", { delta: -2 }, "later")).rejects.toMatchObject({ code: 409, type: "STOCK_RESERVED" });
  await adjust("MUG", { delta: 10 });
  expect((await adjust("MUG", { delta: -2 }, "later")).level.onHand).toBe(13);
});

test("adjusting and reserving at once leaves level and ledger equal", async () => {
  await adjust("MUG", { delta: 50 });

  await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      i % 3 === 0 ? adjust("MUG", { delta: 1 }) : reserve(randomUUIDv7(), ["MUG", 1]),
    ),
  );

  expect(await level("MUG")).toEqual({ sku: "MUG", onHand: 70, reserved: 40, available: 30 });
  expect(await ledgerSums()).toEqual([{ sku: "MUG", same: true }]);
});

test("one refused or malformed order in a batch changes nothing for its neighbours", async () => {
  await adjust("MUG", { delta: 10 });
  const overflowing: [string, number][] = [["MUG", 2_000_000_000]];

  const answers = await Promise.allSettled([
    reserve(randomUUIDv7(), ["MUG", 1]),
    reserve(randomUUIDv7(), ["TEAPOT", 1]),
    reserve(randomUUIDv7(), ...overflowing),
    reserve("no-uuid", ["MUG", 1]),
    reserve(randomUUIDv7(), ["MUG", 1]),
  ]);

  expect(answers.map((answer) => (answer.status === "fulfilled" ? answer.value.status : "error"))).toEqual([
    "HELD",
    "REFUSED",
    "error",
    "error",
    "HELD",
  ]);
  expect((await level("MUG")).reserved).toBe(2);
});

test("an order of thirty lines takes as many statements as one of two", async () => {
  const skus = Array.from({ length: 30 }, (_, i) => `SKU-${i}`);
  await Promise.all(skus.map((sku) => adjust(sku, { delta: 10 })));
  const statementsOf = async (lines: [string, number][]) => {
    const before = db.statements;
    await reserve(randomUUIDv7(), ...lines);
    return db.statements - before;
  };

  const small = await statementsOf([
    ["SKU-0", 1],
    ["SKU-1", 1],
  ]);
  const large = await statementsOf(skus.map((sku) => [sku, 1]));

  expect(large).toBe(small);
});

test("a hundred orders at once take far fewer than a hundred times the statements of one", async () => {
  await adjust("MUG", { delta: 200 });
  const before = db.statements;
  await reserve(randomUUIDv7(), ["MUG", 1]);
  const one = db.statements - before;

  const start = db.statements;
  await Promise.all(Array.from({ length: 100 }, () => reserve(randomUUIDv7(), ["MUG", 1])));

  expect(db.statements - start).toBeLessThan(one * 10);
});

test("customers see steps, not numbers", async () => {
  await adjust("MUG", { delta: 50 });
  await adjust("TEAPOT", { delta: 2 });

  const answer = await call(broker, "inventory.availability", { skus: ["MUG", "TEAPOT", "GHOST"] });

  expect(answer.data.map((each) => each.availability)).toEqual(["IN_STOCK", "LOW", "OUT"]);
});

const levels = async () => (await call(broker, "inventory.levels", {}, staff)).data;

test("a refused adjustment leaves no level of nothing behind, and its SKU can be stocked afterwards", async () => {
  await adjust("MUG", { delta: 5 }, "reused");

  await expect(adjust("GHOST", { delta: -1 })).rejects.toMatchObject({ code: 409, type: "STOCK_RESERVED" });
  await expect(adjust("GHOST", { onHand: 5 }, "reused")).rejects.toMatchObject({ type: "IDEMPOTENCY_KEY_REUSED" });

  expect((await levels()).map(({ sku }) => sku)).toEqual(["MUG"]);
  expect((await adjust("GHOST", { delta: 1 })).level).toMatchObject({ onHand: 1 });
});

test("a level that was counted down to nothing stays when a further adjustment is refused", async () => {
  await adjust("MUG", { delta: 5 });
  await adjust("MUG", { onHand: 0 });

  await expect(adjust("MUG", { delta: -1 })).rejects.toMatchObject({ type: "STOCK_RESERVED" });

  expect(await level("MUG")).toEqual({ sku: "MUG", onHand: 0, reserved: 0, available: 0 });
});

test("refused and accepted adjustments of a new SKU at once, over two nodes, come to what was accepted", async () => {
  const other = await testBroker(
    inventoryService({ db: new Database({ url: database.url }), clock: () => now, sweepEveryMs: 3_600_000 }),
  );
  const change = (sku: string, delta: number, node: ServiceBroker) => {
    const idempotency = { key: randomUUIDv7(), fingerprint: sku };
    return call(node, "inventory.adjust", { sku, delta, reason: "counted", idempotency }, staff);
  };
  const skus = Array.from({ length: 10 }, (_, i) => `NEW-${i}`);

  const answers = await Promise.allSettled(
    skus.flatMap((sku) => [-1_000, 3, -1_000, 4].map((delta, i) => change(sku, delta, i % 2 ? broker : other))),
  );
  await other.stop();

  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(20);
  expect((await levels()).map(({ sku, onHand }) => [sku, onHand])).toEqual(skus.map((sku) => [sku, 7]));
  expect((await ledgerSums()).every(({ same }) => same)).toBe(true);
});

test("stock of a SKU that the catalog does not know is taken with a warning that names the one that is spelt alike", async () => {
  await caughtUpWithCatalog(db);
  await db.transaction((tx) =>
    followCatalog(tx, [productTold({ skus: ["MUG-BLUE", "--"] }), productTold({ skus: ["POT"], status: "DRAFT" })]),
  );
  const warned = async (sku: string) => (await adjust(sku, { delta: 1 })).level.warnings;
  const unknown = (sku: string, alike: string | null) => [
    {
      code: "unknown_sku",
      message: `The catalog knows no SKU ${sku}${alike === null ? "" : `; it knows ${alike}`}`,
      alike,
    },
  ];

  expect(await warned("MUG-BLUE")).toEqual([]);
  expect(await warned("POT")).toEqual([]);
  expect(await warned("mug-blue")).toEqual(unknown("mug-blue", "MUG-BLUE"));
  expect(await warned("MUG BLUE")).toEqual(unknown("MUG BLUE", "MUG-BLUE"));
  expect(await warned("LAMP")).toEqual(unknown("LAMP", null));
  expect(await warned("..")).toEqual(unknown("..", null));
  expect(await level("mug-blue")).toMatchObject({ onHand: 1 });
});

test("a warning is part of the answer that is repeated, and of no event", async () => {
  await caughtUpWithCatalog(db);
  const first = await adjust("LAMP", { delta: 1 }, "same");
  await db.transaction((tx) => followCatalog(tx, [productTold({ skus: ["LAMP"] })]));

  expect(first.level.warnings).toHaveLength(1);
  expect(await adjust("LAMP", { delta: 1 }, "same")).toEqual({ ...first, replayed: true });
  const [told] = await db.query<{ level: object }>({
    name: "test_adjusted",
    text: "select data -> 'level' as level from outbox where type = 'inventory.adjusted'",
  });
  expect(told?.level).toEqual({ sku: "LAMP", onHand: 1, reserved: 0, available: 1 });
});

test("an answer that was remembered before there were warnings is repeated with none", async () => {
  await adjust("MUG", { delta: 1 }, "old");
  await db.query({ name: "test_old", text: "update idempotency_keys set response = response - 'warnings'" });

  expect((await adjust("MUG", { delta: 1 }, "old")).level).toMatchObject({ onHand: 1, warnings: [] });
});

test("nobody is warned of a SKU while the catalog's history is still being read", async () => {
  expect((await adjust("MUG", { delta: 1 })).level.warnings).toEqual([]);
});

test("levels and movements come in pages without gaps or repeats", async () => {
  for (let i = 0; i < 5; i++) await adjust(`SKU-${i}`, { delta: i + 1 });
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await call(broker, "inventory.levels", { limit: 2, ...(after ? { after } : {}) }, staff);
    seen.push(...page.data.map((each) => each.sku));
    after = page.page.nextCursor ?? undefined;
  } while (after);
  const movements = await call(broker, "inventory.movements", { filter: { sku: "SKU-3" } }, staff);

  expect(seen).toEqual(["SKU-0", "SKU-1", "SKU-2", "SKU-3", "SKU-4"]);
  expect(movements.data).toMatchObject([{ sku: "SKU-3", type: "ADJUSTMENT", onHandDelta: 4, reason: "received" }]);
});

test("the ledger cannot be rewritten by the service itself", async () => {
  await adjust("MUG", { delta: 5 });

  await expect(db.query({ name: "test_forge", text: "update stock_movements set on_hand_delta = 0" })).rejects.toThrow(
    /permission denied/,
  );
});

test("customers may neither adjust nor read exact levels", async () => {
  const customer = as("customer", randomUUIDv7());

  await expect(call(broker, "inventory.level", { sku: "MUG" }, customer)).rejects.toMatchObject({ code: 403 });
  await expect(call(broker, "inventory.level", { sku: "MUG" })).rejects.toMatchObject({ code: 401 });
});
