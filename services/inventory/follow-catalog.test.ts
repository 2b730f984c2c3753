import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Database } from "../../database/database.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { followCatalog, type ProductTold } from "./follow-catalog.ts";
import { readAvailability } from "./read-stock.ts";
import { caughtUpWithCatalog, productTold } from "./testing/catalog-told.ts";

let database: TestDatabase;
let db: Database;

beforeEach(async () => {
  database = await testDatabase("inventory");
  db = new Database({ url: database.url });
});
afterEach(async () => {
  await db.close();
  database.release();
});

const tell = (...events: ProductTold[]) => db.transaction((tx) => followCatalog(tx, events));
const stock = (...skus: string[]) =>
  db.query(
    {
      name: "test_stock",
      text: `insert into stock_levels (sku, on_hand, reserved, version, updated_at)
        select sku, 100, 0, 1, now() from unnest($1::text[]) sku`,
    },
    [skus],
  );
async function availability(...skus: string[]): Promise<Record<string, string>> {
  const { data } = await readAvailability(db, skus);
  return Object.fromEntries(data.map((each) => [each.sku, each.availability]));
}

test("what is sold is told by its stock; a draft, what is archived and what nobody knows are unavailable, stocked or not", async () => {
  await caughtUpWithCatalog(db);
  await stock("MUG", "DRAFT", "OLD", "GHOST");

  await tell(
    productTold({ skus: ["MUG", "TEAPOT"] }),
    productTold({ skus: ["DRAFT", "DRAFT-2"], status: "DRAFT" }),
    productTold({ skus: ["OLD"], status: "ARCHIVED" }),
  );

  expect(await availability("MUG", "TEAPOT", "DRAFT", "DRAFT-2", "OLD", "GHOST", "NOTHING")).toEqual({
    MUG: "IN_STOCK",
    TEAPOT: "OUT",
    DRAFT: "UNAVAILABLE",
    "DRAFT-2": "UNAVAILABLE",
    OLD: "UNAVAILABLE",
    GHOST: "UNAVAILABLE",
    NOTHING: "UNAVAILABLE",
  });
});

test("while the catalog's history is still being read, what was not told of yet is answered by its stock", async () => {
  await stock("MUG", "DRAFT");
  await tell(productTold({ skus: ["DRAFT"], status: "DRAFT" }));

  expect(await availability("MUG", "DRAFT", "NOTHING")).toEqual({
    MUG: "IN_STOCK",
    DRAFT: "UNAVAILABLE",
    NOTHING: "OUT",
  });
  await caughtUpWithCatalog(db);
  expect(await availability("MUG")).toEqual({ MUG: "UNAVAILABLE" });
});

test("a product that is published, archived and published again is available by turns, and a SKU that it lost is not", async () => {
  await caughtUpWithCatalog(db);
  await stock("MUG", "POT");
  const id = randomUUIDv7();
  const both = ["MUG", "POT"];
  const steps = [
    [productTold({ id, version: 1, skus: both, status: "DRAFT" }), "UNAVAILABLE", "UNAVAILABLE"],
    [productTold({ id, version: 2, skus: both }), "IN_STOCK", "IN_STOCK"],
    [productTold({ id, version: 3, skus: both, status: "ARCHIVED" }), "UNAVAILABLE", "UNAVAILABLE"],
    [productTold({ id, version: 5, skus: ["MUG"] }), "IN_STOCK", "UNAVAILABLE"],
  ] as const;

  for (const [event, mug, pot] of steps) {
    await tell(event);

    expect(await availability("MUG", "POT")).toEqual({ MUG: mug, POT: pot });
  }
});

test("the same event twice, in one batch and later, is one", async () => {
  await caughtUpWithCatalog(db);
  await stock("MUG");
  const event = productTold();

  await tell(event, { ...event, id: randomUUIDv7() });
  await tell(event);

  expect(await availability("MUG")).toEqual({ MUG: "IN_STOCK" });
});

test("a SKU that goes from one product to another is available, in whichever order both are told of", async () => {
  await caughtUpWithCatalog(db);
  await stock("MUG");
  const id = randomUUIDv7();
  await tell(productTold({ id, skus: ["MUG", "POT"] }));

  await tell(productTold({ skus: ["MUG"] }));
  await tell(productTold({ id, version: 2, skus: ["POT"] }));

  expect(await availability("MUG")).toEqual({ MUG: "IN_STOCK" });
});

test("however the events of products are shuffled, split and repeated, the newest of each counts", async () => {
  await caughtUpWithCatalog(db);
  const skus = ["A", "B", "C"];
  await stock(...skus);
  const life = fc.array(
    fc.record({ status: fc.constantFrom("ACTIVE", "DRAFT", "ARCHIVED"), skus: fc.subarray(skus, { minLength: 1 }) }),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(life, life, fc.infiniteStream(fc.nat(1_000)), async (one, other, luck) => {
      await db.query({ name: "test_forget", text: "delete from catalog_skus" });
      await db.query({ name: "test_forget_products", text: "delete from catalog_products" });
      const lives = [one, other].map((steps) => {
        const id = randomUUIDv7();
        return steps.map((step, i) => productTold({ id, version: i + 1, ...step }));
      });
      const events = lives.flat();
      const dealt = [...events, ...events].map((event) => [luck.next().value, event] as const);
      const shuffled = dealt.sort(([a], [b]) => a - b).map(([, event]) => event);
      const cut = luck.next().value % shuffled.length;

      await tell(...shuffled.slice(0, cut));
      await tell(...shuffled.slice(cut));

      const newest = lives.map((events) => (events.at(-1) as ProductTold).data.product);
      const sold = newest.filter(({ status }) => status === "ACTIVE").flatMap(({ variants }) => variants);
      const expected = skus.map((sku) => [sku, sold.some((each) => each.sku === sku) ? "IN_STOCK" : "UNAVAILABLE"]);
      expect(await availability(...skus)).toEqual(Object.fromEntries(expected));
    }),
    { numRuns: 40 },
  );
}, 30_000);

test("a batch whose transaction fails leaves nothing behind, and counts when it comes again", async () => {
  await caughtUpWithCatalog(db);
  await stock("MUG");
  const event = productTold();

  const failed = db.transaction(async (tx) => {
    await followCatalog(tx, [event]);
    throw new Error("the inbox was in the way");
  });

  await expect(failed).rejects.toThrow("the inbox was in the way");
  expect(await availability("MUG")).toEqual({ MUG: "UNAVAILABLE" });
  await tell(event);
  expect(await availability("MUG")).toEqual({ MUG: "IN_STOCK" });
});

test("two nodes that are given the same products at once, in opposite order, do not block each other", async () => {
  const other = new Database({ url: database.url });
  const events = Array.from({ length: 200 }, (_, i) => productTold({ skus: [`SKU-${i}`, `SPARE-${i}`] }));
  let runs = 0;
  const via = (node: Database, told: ProductTold[]) =>
    node.transaction((tx) => {
      // A deadlock would run the transaction again.
      runs++;
      return followCatalog(tx, told);
    });

  await Promise.all(Array.from({ length: 8 }, (_, i) => (i % 2 ? via(db, events) : via(other, events.toReversed()))));
  await other.close();

  expect(runs).toBe(8);
  const [row] = await db.query<{ skus: number }>({
    name: "test_skus",
    text: "select count(*)::int as skus from catalog_skus",
  });
  expect(row?.skus).toBe(400);
});

test("five hundred products cost as many statements as one, and a hundred SKUs are one", async () => {
  const costOf = async (work: () => Promise<unknown>) => {
    const before = db.statements;
    await work();
    return db.statements - before;
  };
  const products = Array.from({ length: 500 }, (_, i) => productTold({ skus: [`SKU-${i}`] }));

  const one = await costOf(() => tell(productTold()));
  expect(await costOf(() => tell(...products))).toBe(one);
  expect(
    await costOf(() =>
      readAvailability(
        db,
        Array.from({ length: 100 }, (_, i) => `SKU-${i}`),
      ),
    ),
  ).toBe(1);
});

test("the order of the SKUs is that of the question, also of one that is asked twice or has a comma", async () => {
  await stock("A,B", "MUG");

  const { data } = await readAvailability(db, ["MUG", "A,B", "MUG"]);

  expect(data.map(({ sku, availability }) => `${sku} ${availability}`)).toEqual([
    "MUG IN_STOCK",
    "A,B IN_STOCK",
    "MUG IN_STOCK",
  ]);
});
