import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Database } from "../../database/database.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { readSales, type SalesQuery } from "./read-sales.ts";
import { clearSales } from "./rebuild-sales.ts";
import { GROUPINGS } from "./reports.contract.ts";
import { apply, gbp, sold } from "./testing/test-sales.ts";

let database: TestDatabase;
let db: Database;

beforeEach(async () => {
  database = await testDatabase("reports");
  db = new Database({ url: database.url });
});

afterEach(async () => {
  await db.close();
  database.release();
});

const keys = async (query: SalesQuery) => (await readSales(db, query)).data.map(({ key }) => key);
const cursor = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString("base64url");

test("groups by day, product and country under one total", async () => {
  await apply(db, [
    sold({
      lines: [
        ["MUG", 2, 500],
        ["POT", 1, 900],
      ],
    }),
    sold({ country: "FR", lines: [["MUG", 1, 500]] }),
    sold({ placedAt: "2026-03-02T09:00:00Z", lines: [["POT", 1, 900]] }),
  ]);

  const [day, product, country] = await Promise.all(GROUPINGS.map((groupBy) => readSales(db, { groupBy })));

  expect(day?.data).toEqual([
    { key: "2026-03-01", orders: 2, units: 4, amount: gbp(2_400) },
    { key: "2026-03-02", orders: 1, units: 1, amount: gbp(900) },
  ]);
  expect(product?.data).toEqual([
    { key: "MUG", orders: 2, units: 3, amount: gbp(1_500) },
    { key: "POT", orders: 2, units: 2, amount: gbp(1_800) },
  ]);
  expect(country?.data).toEqual([
    { key: "FR", orders: 1, units: 1, amount: gbp(500) },
    { key: "GB", orders: 2, units: 4, amount: gbp(2_800) },
  ]);
  const total = { orders: 3, units: 5, amount: gbp(3_300) };
  expect([day?.total, product?.total, country?.total]).toEqual([total, total, total]);
});

test("both ends of a range are whole days, wherever the clocks of orders stand", async () => {
  await apply(db, [
    sold({ placedAt: "2026-03-01T00:59:59+01:00", country: "AA" }),
    sold({ placedAt: "2026-03-01T00:00:00Z", country: "BB" }),
    sold({ placedAt: "2026-03-03T01:59:59.999+02:00", country: "CC" }),
    sold({ placedAt: "2026-03-02T19:00:00-05:00", country: "DD" }),
  ]);

  expect(await keys({ groupBy: "country", from: "2026-03-01", to: "2026-03-02" })).toEqual(["BB", "CC"]);
  expect(await keys({ groupBy: "country", from: "2026-03-01", to: "2026-03-01" })).toEqual(["BB"]);
  expect(await keys({ groupBy: "country", from: "2026-03-02" })).toEqual(["CC", "DD"]);
  expect(await keys({ groupBy: "country", to: "2026-02-28" })).toEqual(["AA"]);
});

test("a range that ends before it begins is refused", async () => {
  const reversed = readSales(db, { groupBy: "day", from: "2026-03-02", to: "2026-03-01" });

  await expect(reversed).rejects.toMatchObject({ code: 422, type: "RANGE_REVERSED" });
});

test("a range without sales has a total of nothing", async () => {
  await apply(db, [sold()]);

  const answer = await readSales(db, { groupBy: "product", from: "2027-01-01" });

  expect(answer).toMatchObject({
    data: [],
    total: { orders: 0, units: 0, amount: gbp(0) },
    page: { hasMore: false, nextCursor: null },
  });
});

test("several currencies are never added up: the range's only one counts, or the one that is asked for", async () => {
  await apply(db, [
    sold(),
    sold({ currency: "EUR", lines: [["MUG", 3, 600]] }),
    sold({ currency: "EUR", placedAt: "2026-03-02T00:00:00Z" }),
  ]);

  await expect(readSales(db, { groupBy: "day" })).rejects.toMatchObject({
    code: 422,
    type: "SEVERAL_CURRENCIES",
    message: expect.stringContaining("EUR, GBP"),
    data: { currencies: ["EUR", "GBP"] },
  });
  expect((await readSales(db, { groupBy: "day", from: "2026-03-02" })).total.amount).toEqual({
    amount: 500,
    currency: "EUR",
  });
  expect(await readSales(db, { groupBy: "product", currency: "EUR" })).toMatchObject({
    data: [{ key: "MUG", orders: 2, units: 4, amount: { amount: 2_300, currency: "EUR" } }],
    total: { orders: 2, units: 4, amount: { amount: 2_300, currency: "EUR" } },
  });
  expect((await readSales(db, { groupBy: "day", currency: "JPY" })).total.amount).toEqual({
    amount: 0,
    currency: "JPY",
  });
});

test("where nothing was sold in several currencies or in none, the total is in no currency", async () => {
  expect((await readSales(db, { groupBy: "day" })).total.amount).toEqual({ amount: 0, currency: "XXX" });
  await apply(db, [sold(), sold({ currency: "EUR" })]);

  const { total } = await readSales(db, { groupBy: "day", to: "2026-02-28" });

  expect(total).toEqual({ orders: 0, units: 0, amount: { amount: 0, currency: "XXX" } });
});

test("pages hold every key that was there once, while orders arrive before and after where they are", async () => {
  const skus = ["A", "B 1", "B-1", "a", "b", "~"];
  const arriving = (sku: string) => sold({ lines: [[sku, 1, 500]] });
  await apply(db, skus.map(arriving));
  const seen: string[] = [];
  let after: string | undefined;

  do {
    const { data, page } = await readSales(db, { groupBy: "product", limit: 2, ...(after && { after }) });
    seen.push(...data.map(({ key }) => key));
    after = page.nextCursor ?? undefined;
    expect(page.hasMore).toBe(after !== undefined);
    await apply(db, ["!", ...skus].map(arriving));
  } while (after !== undefined);

  expect(seen).toEqual(skus);
});

test("the total of a page is the total of the range", async () => {
  await apply(db, [sold(), sold({ country: "FR" }), sold({ country: "DE" })]);
  const first = await readSales(db, { groupBy: "country", limit: 1 });

  const second = await readSales(db, { groupBy: "country", limit: 1, after: first.page.nextCursor as string });

  expect(second.data).toMatchObject([{ key: "FR", orders: 1 }]);
  expect([first.total, second.total]).toEqual(Array(2).fill({ orders: 3, units: 3, amount: gbp(1_500) }));
});

test("days are paged like everything else", async () => {
  const placed = ["2025-12-31", "2026-01-01", "2026-01-02"];
  await apply(
    db,
    placed.map((day) => sold({ placedAt: `${day}T00:00:00Z` })),
  );
  const first = await readSales(db, { groupBy: "day", limit: 2 });

  expect(await keys({ groupBy: "day", limit: 2, after: first.page.nextCursor as string })).toEqual(["2026-01-02"]);
});

test.each([
  ["of another grouping", cursor("country", "GB")],
  ["with a day that there is not", cursor("day", "2026-02-30")],
  ["with a word for a day", cursor("day", "infinity")],
  ["with a year past all calendars", cursor("day", "9999999-01-01")],
  ["with a year before all calendars", cursor("day", "0000-01-01")],
  ["with a number", cursor("day", 7)],
  ["with a NUL", cursor("day", "\0")],
  ["with too little in it", cursor("day")],
  ["that is none", "rubbish"],
])("a cursor %s is refused", async (_what, after) => {
  await expect(readSales(db, { groupBy: "day", after })).rejects.toMatchObject({ code: 422, type: "INVALID_CURSOR" });
});

test("a sum that is no longer exact is an error, never a rounded figure", async () => {
  const most = sold({ lines: [["ISLAND", 1, Number.MAX_SAFE_INTEGER]] });
  await apply(db, [most]);
  expect((await readSales(db, { groupBy: "day" })).total.amount).toEqual(gbp(Number.MAX_SAFE_INTEGER));

  await apply(db, [sold({ lines: [["MUG", 1, 1]] })]);

  await expect(readSales(db, { groupBy: "day" })).rejects.toThrow(RangeError);
});

test("rows and total are of one moment, while orders arrive and the report is emptied and built again", async () => {
  const batch = Array.from({ length: 20 }, (_, i) => sold({ lines: [[`SKU-${i}`, 1, 500]] }));
  let writing = true;
  async function write(): Promise<void> {
    for (let i = 0; i < 60; i++) {
      await apply(db, batch);
      if (i % 5 === 4) await db.transaction(clearSales);
    }
    writing = false;
  }
  async function read(): Promise<number> {
    let answers = 0;
    for (; writing; answers++) {
      const { data, total } = await readSales(db, { groupBy: "product", limit: 100 });
      expect(data.reduce((units, row) => units + row.units, 0)).toBe(total.units);
    }
    return answers;
  }

  const [, ...answers] = await Promise.all([write(), read(), read()]);

  expect(Math.min(...answers)).toBeGreaterThan(1);
});
