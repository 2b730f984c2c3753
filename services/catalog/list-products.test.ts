import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { SORTS, type Sort } from "./catalog.contract.ts";
import { failure, product, startShop } from "./testing/test-shop.ts";

let shop: Awaited<ReturnType<typeof startShop>>;
beforeAll(async () => {
  shop = await startShop();
  await shop.staff("import", {
    items: [
      product("LANT-1", { title: "White hanging heart lantern", slug: "lantern", amount: 255 }),
      product("85123A", {
        title: "Boîtes à thé (cafés)",
        description: "Three tin boxes for the kitchen",
        amount: 1_050,
      }),
      product("85123a", { title: "Regency teacup & saucer", amount: 1_050 }),
      product("MUG/BLUE-01", { title: "Zebra mug", status: "DRAFT" }),
      product("YEN-1", { title: "apple box", variants: [{ sku: "YEN-1", price: { amount: 400, currency: "JPY" } }] }),
    ],
  });
});
afterAll(() => shop.stop());

type Query = Parameters<typeof shop.anyone<"list">>[1];
const found = async (query: Query, who: "anyone" | "staff" = "anyone") =>
  (await shop[who]("list", query)).data.map(({ variants }) => variants[0]?.sku);

async function allPages(query: Query, betweenPages: () => Promise<unknown> = async () => {}) {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const { data, page } = await shop.anyone("list", { ...query, ...(after && { after }) });
    ids.push(...data.map(({ id }) => id));
    after = page.nextCursor ?? undefined;
    expect(page.hasMore).toBe(after !== undefined);
    await betweenPages();
  } while (after !== undefined);
  return ids;
}

test("a word is found by its beginning, by its plural, without its accents and in any letter case", async () => {
  expect(await found({ q: "lant" })).toEqual(["LANT-1"]);
  expect(await found({ q: "LANTERNS" })).toEqual(["LANT-1"]);
  expect(await found({ q: "box kitch" })).toEqual(["85123A"]);
  expect(await found({ q: "cafes boites" })).toEqual(["85123A"]);
  expect((await found({ q: "85123" })).sort()).toEqual(["85123A", "85123a"]);
});

test("all words must occur, and a word in the title counts for more than one in the description", async () => {
  expect(await found({ q: "white teacup" })).toEqual([]);
  expect(await found({ q: "box" })).toEqual(["YEN-1", "85123A"]);
});

test("a SKU with signs in it is found whole and in part", async () => {
  expect(await found({ q: "MUG/BLUE-01" }, "staff")).toEqual(["MUG/BLUE-01"]);
  expect(await found({ q: "blue" }, "staff")).toEqual(["MUG/BLUE-01"]);
});

test("hostile searches find nothing and break nothing", async () => {
  const hostile = ["'; drop table products; --", "zz & | ! ( :* <->", "%_\\", "''::tsquery", "\ud800", "((((", ":*"];

  const answers = await Promise.all(hostile.map((q) => found({ q })));

  expect(answers.flat()).toEqual([]);
});

test("no search that a client may send is an error", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", maxLength: 200 }), async (q) => {
      if (q.length <= 200 && !q.includes("\0")) await shop.anyone("list", { q });
    }),
    { numRuns: 300 },
  );
});

test("an empty search is none, one without any word finds nothing", async () => {
  expect(await found({ q: " " })).toHaveLength(4);
  expect(await found({ q: "!?" })).toEqual([]);
});

test("anyone sees what is active, staff see all and may ask for a status", async () => {
  expect(await found({})).not.toContain("MUG/BLUE-01");
  expect(await found({}, "staff")).toContain("MUG/BLUE-01");
  expect(await found({ filter: { status: "DRAFT" } }, "staff")).toEqual(["MUG/BLUE-01"]);
  expect(await found({ filter: { status: "ACTIVE" } })).toHaveLength(4);
  expect(await failure(shop.anyone("list", { filter: { status: "DRAFT" } }))).toBe("STAFF_ONLY_FILTER");
});

test("filters are of one variant together", async () => {
  expect(await found({ filter: { sku: "85123a" } })).toEqual(["85123a"]);
  expect(await found({ filter: { currency: "JPY" } })).toEqual(["YEN-1"]);
  expect(await found({ sort: "price", filter: { priceFrom: 300, priceTo: 1_049 } })).toEqual(["YEN-1"]);
  expect(await found({ filter: { currency: "GBP", priceFrom: 300, priceTo: 1_049 } })).toEqual([]);
});

test("titles sort without regard to case, prices by their amount, and backwards", async () => {
  expect(await found({ sort: "title" })).toEqual(["YEN-1", "85123A", "85123a", "LANT-1"]);
  expect(await found({ sort: "-title" })).toEqual(["LANT-1", "85123a", "85123A", "YEN-1"]);
  expect((await found({ sort: "price" })).slice(0, 2)).toEqual(["LANT-1", "YEN-1"]);
  expect((await found({ sort: "-price" })).slice(2)).toEqual(["YEN-1", "LANT-1"]);
});

test.each(["sort", "filter", "limit"])("an unknown %s is refused by the schema", async (what) => {
  const query = { sort: { sort: "version" }, filter: { filter: { password: "x" } }, limit: { limit: 101 } }[what];

  expect(await failure(shop.anyone("list", query as Query))).toBe("VALIDATION_FAILED");
});

test("a cursor of another sort and a forged cursor are refused", async () => {
  const { page } = await shop.anyone("list", { sort: "title", limit: 1 });
  const id = "0199e7a0-0000-7000-8000-000000000000";
  const forged = [
    ["title", "\0", id],
    ["title", "a", "' or 1=1"],
    ["title", 1, id],
    ["createdAt", 1e300, id],
    ["createdAt", -1, id],
    ["createdAt", "now", id],
    ["price", 1.5, id],
    ["price", 2 ** 80, id],
    ["title"],
    {},
  ].map((values) => Buffer.from(JSON.stringify(values)).toString("base64url"));

  expect(await failure(shop.anyone("list", { sort: "price", after: page.nextCursor as string }))).toBe(
    "INVALID_CURSOR",
  );
  for (const sort of ["title", "createdAt", "price"] as const) {
    for (const after of [...forged, "___", "e30"]) {
      expect(await failure(shop.anyone("list", { sort, after }))).toBe("INVALID_CURSOR");
    }
  }
});

test.each(SORTS)("pages by %s are complete and without repeats while products arrive", async (sort: Sort) => {
  const items = Array.from({ length: 30 }, (_, i) =>
    product(`${sort}-${i}`, { title: `Paged ${i % 4} ${"ü".repeat(100)}`, amount: 100 + (i % 3) }),
  );
  await shop.staff("import", { items });
  const before = await shop.rows("select id from products where status = 'ACTIVE'");
  let arrived = 0;
  const arrive = () => {
    shop.later(1);
    arrived++;
    const title = `Paged ${arrived % 4} newcomer`;
    return shop.staff("create", product(`${sort}-new-${arrived}`, { title, amount: 90 + arrived }));
  };

  const ids = await allPages({ sort, limit: 7 }, arrive);

  expect(new Set(ids).size).toBe(ids.length);
  expect(before.filter(({ id }) => !ids.includes(id as string))).toEqual([]);
});

test("pages of a search are complete and without repeats", async () => {
  const ids = await allPages({ q: "paged", limit: 50 });
  const all = await shop.rows("select id from products where title like 'Paged%'");

  expect(ids.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
});

test("a page is one statement, however many products and variants it shows", async () => {
  expect(await shop.counting(() => shop.anyone("list", { limit: 1 }))).toBe(1);
  expect(await shop.counting(() => shop.anyone("list", { limit: 100, sort: "price", q: "paged" }))).toBe(1);
});
