import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { product, startShop } from "../testing/test-shop.ts";

let shop: Awaited<ReturnType<typeof startShop>>;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());
beforeEach(async () => {
  await shop.rows("delete from variants");
  await shop.rows("delete from products");
  await shop.rows("delete from outbox");
  await shop.staff("import", {
    items: [
      product("A", { slug: "a", title: "Lamp" }),
      product("B", { slug: "b", title: "Bulb" }),
      product("C", { slug: "c", title: "Candle", status: "ARCHIVED" }),
    ],
  });
});

const ITEMS = [
  product("A", { slug: "a", title: "Lamp" }),
  product("B", { slug: "b", title: "Bulb", amount: 5 }),
  product("C", { title: "Candle" }),
  product("N", { slug: "n" }),
  product("A2", { title: "Lamp" }),
  product("B", { slug: "stolen" }),
  product("M", { title: "Mug" }),
  "no item",
];
const everything = async () => [
  await shop.rows("select * from products order by id"),
  await shop.rows("select * from variants order by id"),
  await shop.rows("select * from outbox order by id"),
];

test("a dry run answers what the import would answer, and changes nothing and tells nobody", async () => {
  const before = await everything();

  const rehearsed = await shop.staff("import", { items: ITEMS, dryRun: true });
  expect(await everything()).toEqual(before);
  const done = await shop.staff("import", { items: ITEMS });

  expect(rehearsed).toEqual({ ...done, dryRun: true });
  expect(done.dryRun).toBe(false);
  expect(rehearsed.rows.map(({ outcome }) => outcome)).toEqual([
    "unchanged",
    "updated",
    "unchanged",
    "created",
    "error",
    "error",
    "created",
    "error",
  ]);
  expect(rehearsed.errors.map(({ row, code }) => `${row} ${code}`)).toEqual([
    "5 ambiguous_product",
    "6 duplicate_in_import",
    "8 validation_failed",
  ]);
  expect(rehearsed.warnings.map(({ row, code }) => `${row} ${code}`)).toEqual(["3 stays_archived"]);
});

test("a dry run of a CSV answers by its lines", async () => {
  const csv = "title,sku,price,currency\nMug,M1,1,GBP\nPot,P,x,GBP\nMug,M2,2,GBP\n";
  const before = await everything();

  const { rows, errors } = await shop.staff("import", { csv, dryRun: true });

  expect(rows.map(({ row, outcome }) => `${row} ${outcome}`)).toEqual(["2 created", "3 error", "4 created"]);
  expect(errors.map(({ row, code }) => `${row} ${code}`)).toEqual(["3 invalid_price"]);
  expect(await everything()).toEqual(before);
});

test("a dry run knows of later items what earlier ones would have taken, also when they are stored in several goes", async () => {
  const items = [
    { ...product("A", { title: "Big lamp", slug: "a" }) },
    product("M1", { title: "Mug" }),
    ...Array.from({ length: 600 }, (_, i) => product(`BULK-${i}`, { slug: `bulk-${i}` })),
    product("N1", { title: "Lamp" }),
    product("N2", { title: "Big lamp" }),
    product("M2", { title: "Mug" }),
  ];
  // The second slug that is made from one title has a random end.
  const plain = ({ rows, errors }: Awaited<ReturnType<typeof shop.staff<"import">>>) => ({
    errors,
    rows: rows.map(({ row, outcome, slug }) => [row, outcome, slug?.replace(/^mug-.*$/, "mug-…")]),
  });

  const rehearsed = await shop.staff("import", { items, dryRun: true });
  const done = await shop.staff("import", { items });

  expect(plain(rehearsed)).toEqual(plain(done));
  expect(done.errors.map(({ row, code }) => `${row} ${code}`)).toEqual([
    "603 duplicate_in_import",
    "604 ambiguous_product",
  ]);
});

test("a dry run of thousands takes as few statements as an import that changes nothing", async () => {
  const items = Array.from({ length: 5_000 }, (_, i) => product(`BULK-${i}`, { slug: `bulk-${i}` }));

  // Ten chunks: begin, lock, commit.
  expect(await shop.counting(() => shop.staff("import", { items, dryRun: true }))).toBeLessThanOrEqual(30);
});
