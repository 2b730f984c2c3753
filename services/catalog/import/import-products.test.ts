import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { failure, product, startShop } from "../testing/test-shop.ts";

let shop: Awaited<ReturnType<typeof startShop>>;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());
beforeEach(async () => {
  await shop.rows("delete from variants");
  await shop.rows("delete from products");
  await shop.rows("delete from outbox");
});

const bring = (...items: unknown[]) => shop.staff("import", { items });
const refusals = async (...items: unknown[]) => (await bring(...items)).errors.map(({ row, code }) => `${row} ${code}`);
const gbp = (sku: string, amount = 100) => ({ sku, price: { amount, currency: "GBP" } });
const stored = async () =>
  (await shop.rows("select slug, title, version from products order by slug")).map(
    ({ slug, title, version }) => `${slug} "${title}" v${version}`,
  );
const skusOf = async (slug: string) =>
  (await shop.staff("get", { idOrSlug: slug })).variants.map(({ sku, price }) => `${sku} ${price.amount}`);
const eventTypes = async () => (await shop.events()).map(({ type }) => type);
const many = (count: number, change = {}) =>
  Array.from({ length: count }, (_, i) => product(`BULK-${i}`, { slug: `bulk-${i}`, ...change }));

test("new products are for sale at once", async () => {
  expect(await bring(product("A", { slug: "a", title: "Lamp" }))).toMatchObject({
    accepted: 1,
    rejected: 0,
    errors: [],
  });

  expect(await stored()).toEqual(['a "Lamp" v1']);
  expect(await shop.anyone("price", { skus: ["A"] })).toHaveLength(1);
  expect(await eventTypes()).toEqual(["catalog.product_created"]);
});

test("a slug that exists is updated: its title, the SKUs that the item names, and no others", async () => {
  await bring({ slug: "a", title: "Lamp", description: "Bright", variants: [gbp("A1"), gbp("A2")] });

  await bring({ slug: "a", title: "Big lamp", variants: [gbp("A3", 300), gbp("A2", 200)] });

  expect(await stored()).toEqual(['a "Big lamp" v2']);
  expect(await skusOf("a")).toEqual(["A1 100", "A2 200", "A3 300"]);
  expect((await shop.staff("get", { idOrSlug: "a" })).description).toBe("Bright");
  expect(await eventTypes()).toEqual(["catalog.product_created", "catalog.product_updated", "catalog.price_changed"]);
});

test("the same import again is accepted, and changes no version and tells nobody", async () => {
  const items = [...many(20), product("NO-SLUG", { title: "Nameless" })];
  await bring(...items);
  const before = await stored();

  expect(await bring(...items)).toMatchObject({ accepted: 21, rejected: 0, errors: [] });

  expect(await stored()).toEqual(before);
  expect(await eventTypes()).toHaveLength(21);
});

test("blanks around a title are cut, so that the same import again changes nothing", async () => {
  const items = () => [product("A", { slug: "a", title: "  Lamp\u00a0" })];
  await bring(...items());

  expect((await bring(...items())).rows).toEqual([{ row: 1, outcome: "unchanged", slug: "a" }]);
  expect(await stored()).toEqual(['a "Lamp" v1']);
});

test("an archived product stays archived, its answer says so, and a status brings it back", async () => {
  const lamp = product("A", { slug: "a", title: "Lamp" });
  await bring(lamp, product("B", { slug: "b" }));
  const { id } = await shop.staff("get", { idOrSlug: "a" });
  await shop.staff("archive", { id, ifVersion: 1 });
  const statusAfter = async (...items: unknown[]) => {
    const { warnings } = await bring(...items);
    return [(await shop.staff("get", { idOrSlug: "a" })).status, ...warnings.map(({ row, code }) => `${row} ${code}`)];
  };

  expect(await statusAfter(product("B", { slug: "b" }), lamp)).toEqual(["ARCHIVED", "2 stays_archived"]);
  expect(await statusAfter({ ...lamp, title: "New lamp" })).toEqual(["ARCHIVED", "1 stays_archived"]);
  expect(await statusAfter({ ...lamp, status: "ARCHIVED" })).toEqual(["ARCHIVED"]);
  expect(await statusAfter({ ...lamp, status: "ACTIVE" })).toEqual(["ACTIVE"]);
});

test("each item is answered with what became of its product", async () => {
  await bring(product("A", { slug: "a" }), product("B", { slug: "b" }));

  const { rows } = await bring(
    product("A", { slug: "a" }),
    product("B", { slug: "b", title: "New title" }),
    "no item",
    product("C", { title: "Made of its title" }),
  );

  expect(rows).toEqual([
    { row: 1, outcome: "unchanged", slug: "a" },
    { row: 2, outcome: "updated", slug: "b" },
    { row: 3, outcome: "error" },
    { row: 4, outcome: "created", slug: "made-of-its-title" },
  ]);
});

test("a SKU of another product is refused with the product's name, and the item leaves nothing behind", async () => {
  await bring({ slug: "a", title: "Lamp", variants: [gbp("A1")] });

  const { errors } = await bring(product("B1", { slug: "b" }), {
    slug: "c",
    title: "C",
    variants: [gbp("C1"), gbp("A1")],
  });

  expect(errors).toEqual([{ row: 2, code: "sku_taken", message: "The SKU A1 belongs to the product a" }]);
  expect(await stored()).toEqual(['a "Lamp" v1', 'b "The B1" v1']);
});

test("the later of two items with one slug, one SKU or one product is refused", async () => {
  await bring({ slug: "old", title: "Old", variants: [gbp("O1"), gbp("O2")] });

  const codes = await refusals(
    product("A", { slug: "a" }),
    product("B", { slug: "a" }),
    product("A", { slug: "c" }),
    product("O1", { title: "By its first SKU" }),
    product("O2", { title: "By its second SKU" }),
    { slug: "d", title: "D", variants: [gbp("D"), gbp("D")] },
  );

  expect(codes).toEqual(["2", "3", "5", "6"].map((row) => `${row} duplicate_in_import`));
});

describe("an item that is refused for its form leaves the others alone:", () => {
  test.each([
    ["no object", "mug", "validation_failed"],
    ["null", null, "validation_failed"],
    ["no title", { variants: [gbp("X")] }, "validation_failed"],
    ["no variants", { title: "X", variants: [] }, "validation_failed"],
    ["an unknown field", { title: "X", variants: [gbp("X")], price: 1 }, "validation_failed"],
    ["a slug that is none", { title: "X", slug: "No Slug!", variants: [gbp("X")] }, "validation_failed"],
    ["a SKU with a space at its end", { title: "X", variants: [gbp("X ")] }, "validation_failed"],
    ["a title of blanks", { title: " \u00a0 ", variants: [gbp("X")] }, "validation_failed"],
    ["a line break in the title", { title: "a\nb", variants: [gbp("X")] }, "validation_failed"],
    ["a title that turns round what follows", { title: "a\u202eb", variants: [gbp("X")] }, "validation_failed"],
    [
      "a title of a variant that is blank",
      { title: "X", variants: [{ ...gbp("X"), title: " " }] },
      "validation_failed",
    ],
    ["a NUL in the title", { title: "a\0b", variants: [gbp("X")] }, "validation_failed"],
    [
      "an unknown currency",
      { title: "X", variants: [{ sku: "X", price: { amount: 1, currency: "XQX" } }] },
      "unknown_currency",
    ],
    ["a negative price", { title: "X", variants: [gbp("X", -1)] }, "invalid_price"],
    ["a fraction of a penny", { title: "X", variants: [gbp("X", 9.99)] }, "invalid_price"],
    ["a huge price", { title: "X", variants: [gbp("X", 2 ** 60)] }, "invalid_price"],
    ["a price in words", { title: "X", variants: [gbp("X", "ten" as never)] }, "invalid_price"],
  ])("%s", async (_, item, code) => {
    const { accepted, rejected, errors } = await bring(product("A", { slug: "a" }), item, product("Z", { slug: "z" }));

    expect({ accepted, rejected }).toEqual({ accepted: 2, rejected: 1 });
    expect(errors).toEqual([{ row: 2, code, message: expect.any(String) }]);
    expect(await stored()).toEqual(['a "The A" v1', 'z "The Z" v1']);
  });
});

test("a product does not grow past the variants that a patch may list", async () => {
  const variants = Array.from({ length: 200 }, (_, i) => gbp(`V-${i}`));
  await bring({ slug: "a", title: "Lamp", variants });

  expect(await refusals({ slug: "a", title: "Lamp", variants: [gbp("V-200")] })).toEqual(["1 too_many_variants"]);
});

test("words too long to be searched for are stored all the same", async () => {
  const items = [
    product("L1", { description: "x".repeat(10_000) }),
    product("L2", { description: "\u{10400}".repeat(5_000) }),
  ];

  expect((await bring(...items)).accepted).toBe(2);
});

test("an import without items, or with both items and a CSV, is refused as a whole", async () => {
  expect(await failure(shop.staff("import", {}))).toBe("VALIDATION_FAILED");
  expect(await failure(shop.staff("import", { items: [], csv: "" }))).toBe("VALIDATION_FAILED");
  expect(await bring()).toMatchObject({ accepted: 0, rejected: 0, errors: [] });
});
