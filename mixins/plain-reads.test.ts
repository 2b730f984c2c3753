import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { ServiceBroker } from "moleculer";
import { Database } from "../database/database.ts";
import { defineInventoryModels, type StockLevelRow, type StoredLevel } from "../services/inventory/inventory.model.ts";
import { type TestDatabase, testDatabase } from "../tests/support/postgres.ts";
import { type PlainReads, plainReads } from "./plain-reads.ts";

let database: TestDatabase;
let db: Database;
let broker: ServiceBroker;
let levels: PlainReads<StoredLevel>;

beforeEach(async () => {
  database = await testDatabase("inventory");
  db = new Database({ url: database.url });
  levels = plainReads<StockLevelRow>(db, defineInventoryModels(db.sequelize).StockLevel, {
    key: "sku",
    kind: "string",
  });
  broker = new ServiceBroker({ logger: false, nodeID: "reading" });
  broker.createService({ name: "levels", mixins: [levels.mixin] });
  await broker.start();
});
afterEach(async () => {
  await broker.stop();
  await db.close();
  database.release();
});

const STOCK = {
  name: "test_stock",
  text: `insert into stock_levels (sku, on_hand, reserved, version, updated_at)
    select sku, $2, 0, 1, now() from unnest($1::text[]) sku`,
};
const stock = (onHand: number, ...skus: string[]) => db.query(STOCK, [skus, onHand]);
const skuOf = ({ sku }: StoredLevel) => sku;
type Where = Parameters<typeof levels.page>[1];
const page = (asked: { limit?: number; after?: string } = {}, where: Where = {}) => levels.page(asked, where, skuOf);

async function walk(limit: number, where: Where = {}): Promise<string[][]> {
  const pages: string[][] = [];
  let after: string | null | undefined;
  do {
    const got = await page({ limit, ...(after && { after }) }, where);
    pages.push(got.data);
    after = got.page.nextCursor;
  } while (after !== null);
  return pages;
}

test("pages hold every row once, however the database sorts the keys and whatever letters they have", async () => {
  const skus = ["b", "A", "a", "a-b", "ab", "É", "e", "10", "9", "it's", 'q"', "%", "\\", " "];
  await stock(1, ...skus);

  const pages = await walk(3);

  expect(pages.map(({ length }) => length)).toEqual([3, 3, 3, 3, 2]);
  expect(pages.flat().sort()).toEqual(skus.sort());
});

test("a filter holds on every page, and one that is absent is none", async () => {
  await stock(1, "a", "c", "e");
  await stock(2, "b", "d");

  expect(await walk(2, { onHand: 1, reserved: undefined })).toEqual([["a", "c"], ["e"]]);
  expect(await walk(5, { onHand: undefined })).toEqual([["a", "b", "c", "d", "e"]]);
});

test("a filter that asks for the key itself does not make the walk begin again", async () => {
  await stock(1, "a", "b");

  expect(await walk(1, { sku: "b" })).toEqual([["b"]]);
});

test("rows that come and go between two pages shift nothing", async () => {
  await stock(1, "b", "d", "f");
  const { page: first } = await page({ limit: 2 });
  await stock(1, "a", "e");
  await db.query({ name: "test_remove", text: "delete from stock_levels where sku = 'd'" });

  expect((await page({ limit: 2, after: first.nextCursor as string })).data).toEqual(["e", "f"]);
});

test("a page holds 25 rows where nobody asked for more or less, and a full last page promises no other", async () => {
  await stock(1, ...Array.from({ length: 26 }, (_, i) => `sku-${i + 10}`));

  expect((await page()).data).toHaveLength(25);
  expect((await page()).page.hasMore).toBe(true);
  expect((await page({ limit: 26 })).page).toEqual({ hasMore: false, nextCursor: null });
});

test("an empty table is an empty page", async () => {
  expect(await page()).toEqual({ data: [], page: { hasMore: false, nextCursor: null } });
});

const cursor = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString("base64url");
test.each<[string, string]>([
  ["nothing", ""],
  ["no JSON", "!!"],
  ["a number for a text", cursor(7)],
  ["an operator for a text", cursor({ ne: "a" })],
  ["two values for one", cursor("a", "b")],
  ["no value", cursor()],
  ["what no text of the database holds", cursor("\0")],
])("a cursor with %s in it is refused", async (_what, after) => {
  await expect(page({ after })).rejects.toMatchObject({ code: 422, type: "INVALID_CURSOR" });
});

test("a row is found by its key, as plain data; a key that nobody has is nothing", async () => {
  await stock(4, "mug");

  const found = await levels.byKey("mug");

  expect(found).toEqual({ sku: "mug", onHand: 4, reserved: 0, updatedAt: expect.any(Date) });
  expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
  expect(await levels.byKey(randomUUID())).toBeNull();
});

test("of moleculer-db's actions, which know no owner and no limit, the service has none", () => {
  expect(broker.registry.getActionList({ onlyLocal: true, skipInternal: true })).toEqual([]);
});

test("the pool is the service's: it outlives the adapter", async () => {
  await broker.stop();

  expect(await levels.byKey("mug")).toBeNull();
});
