import { afterEach, beforeEach, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Database } from "../../database/database.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { applySales, type OrderConfirmed } from "./apply-sales.ts";
import { readSales } from "./read-sales.ts";
import { clearSales } from "./rebuild-sales.ts";
import { GROUPINGS, type Grouping } from "./reports.contract.ts";
import { apply, gbp, sold } from "./testing/test-sales.ts";

let database: TestDatabase;
let db: Database;
let others: Database[];

beforeEach(async () => {
  database = await testDatabase("reports");
  db = new Database({ url: database.url });
  others = [];
});

afterEach(async () => {
  await Promise.all([db, ...others].map((each) => each.close()));
  database.release();
});

function another(): Database {
  const other = new Database({ url: database.url, poolSize: 1 });
  others.push(other);
  return other;
}

/** Everything that is sold in pounds, grouped by hand. */
function recomputed(events: readonly OrderConfirmed[], groupBy: Grouping) {
  const keys = new Set(events.flatMap((event) => keysOf(event, groupBy)));
  return [...keys].sort().map((key) => {
    const orders = events.filter((event) => keysOf(event, groupBy).includes(key)).map(({ data }) => data);
    const lines = orders.flatMap((order) => order.lines.filter(({ sku }) => groupBy !== "product" || sku === key));
    return {
      key,
      orders: orders.length,
      units: lines.reduce((units, { quantity }) => units + quantity, 0),
      amount: gbp(lines.reduce((amount, { total }) => amount + total, 0)),
    };
  });
}

function keysOf({ data }: OrderConfirmed, groupBy: Grouping): string[] {
  if (groupBy === "day") return [new Date(data.placedAt).toISOString().slice(0, 10)];
  return groupBy === "country" ? [data.country] : data.lines.map(({ sku }) => sku);
}

async function expectReportOf(events: readonly OrderConfirmed[]): Promise<void> {
  for (const groupBy of GROUPINGS) {
    const { data } = await readSales(db, { groupBy, currency: "GBP", limit: 100 });
    expect(data).toEqual(recomputed(events, groupBy));
  }
}

const anyOrder = fc
  .record({
    placedAt: fc.constantFrom("2026-03-01T00:00:00Z", "2026-03-01T00:00:00+02:00", "2026-03-02T23:59:59.9-00:30"),
    country: fc.constantFrom("GB", "FR", "DE"),
    lines: fc.array(
      fc.tuple(fc.constantFrom("A", "a", "B", "Z 9"), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 999 })),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(sold);

test("however orders are split into batches, and whoever applies them at once, the report is that of all orders", async () => {
  const batches = fc.array(fc.array(anyOrder, { maxLength: 12 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(batches, fc.boolean(), async (split, atOnce) => {
      await db.transaction(clearSales);

      if (atOnce) await Promise.all(split.map((batch) => apply(db, batch)));
      else for (const batch of split) await apply(db, batch);

      await expectReportOf(split.flat());
    }),
    { numRuns: 60 },
  );
}, 60_000);

test("lanes that want the same rows in opposite order neither block each other nor lose a sale", async () => {
  const keys = Array.from({ length: 100 }, (_, i) => String(i).padStart(3, "0"));
  const orders = keys.map((key, i) =>
    sold({
      placedAt: `2026-03-${1 + (i % 28)}T00:00:00Z`.replace(/-(\d)T/, "-0$1T"),
      country: `${"ABCDEFGHIJ"[i % 10]}X`,
      lines: [[`SKU-${key}`, 2, 300]],
    }),
  );
  const batches = Array.from({ length: 20 }, (_, i) => [orders, orders.toReversed()][i % 2] as OrderConfirmed[]);
  const lanes = [another(), another(), another(), another()];
  let runs = 0;

  await Promise.all(
    batches.map((batch, i) =>
      (lanes[i % lanes.length] as Database).transaction((tx) => {
        // A deadlock would run the transaction again.
        runs++;
        return applySales(tx, batch);
      }),
    ),
  );

  expect(runs).toBe(batches.length);
  const total = { orders: 2_000, units: 4_000, amount: gbp(1_200_000) };
  expect((await readSales(db, { groupBy: "country" })).total).toEqual(total);
  expect(await tableSums("sales_by_product")).toEqual(total);
  expect(await tableSums("sales_by_country")).toEqual(total);
});

async function tableSums(table: "sales_by_product" | "sales_by_country") {
  const [row] = await db.query<{ orders: string; units: string; amount: string }>({
    name: `test_${table}`,
    text: `select sum(orders) as orders, sum(units) as units, sum(amount) as amount from ${table}`,
  });
  return { orders: Number(row?.orders), units: Number(row?.units), amount: gbp(Number(row?.amount)) };
}

test("however many events a batch holds, it costs four statements", async () => {
  const batch = Array.from({ length: 500 }, (_, i) => sold({ lines: [[`SKU-${i}`, 1, 100]] }));
  const before = db.statements;

  await apply(db, batch);

  expect(db.statements - before).toBe(["begin", "time zone", "products", "countries", "progress", "commit"].length);
});

test("a batch that fails leaves nothing behind", async () => {
  const failed = db.transaction(async (tx) => {
    await applySales(tx, [sold()]);
    throw new Error("the inbox was in the way");
  });

  await expect(failed).rejects.toThrow("the inbox was in the way");
  expect(await readSales(db, { groupBy: "day" })).toMatchObject({ data: [], total: { orders: 0 }, asOf: null });
});

test("asOf is the newest event that was applied, also when older ones come after it", async () => {
  await apply(db, [
    sold({ occurredAt: "2026-03-01T10:00:00Z" }),
    sold({ occurredAt: "2026-03-03T10:00:00Z" }),
    sold({ occurredAt: "2026-03-02T10:00:00Z" }),
  ]);
  await apply(db, [sold({ occurredAt: "2026-03-01T09:00:00Z" })]);

  expect((await readSales(db, { groupBy: "day" })).asOf).toBe("2026-03-03T10:00:00.000Z");
});

test("no events are no work", async () => {
  const before = db.statements;

  await apply(db, []);

  expect(db.statements - before).toBe(["begin", "commit"].length);
});

test("years of one order each day are as many rows, not more", async () => {
  const orderOf = (i: number) => sold({ placedAt: new Date(Date.UTC(2020, 0, 1 + i)).toISOString() });

  for (let repeat = 0; repeat < 3; repeat++)
    await apply(
      db,
      Array.from({ length: 1_000 }, (_, i) => orderOf(i)),
    );

  const [count] = await db.query<{ rows: number }>({
    name: "test_rows",
    text: "select count(*)::int as rows from sales_by_country",
  });
  expect(count?.rows).toBe(1_000);
});
