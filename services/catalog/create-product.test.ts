import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { failure, product, startShop } from "./testing/test-shop.ts";

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

const mug = async () =>
  (await shop.staff("create", product("MUG", { title: "Blue mug", slug: "blue-mug", amount: 500 }))).product;
const eventTypes = async () => (await shop.events()).map(({ type, version }) => `${type} ${version}`);

test("a new product is active, named after its title, and found by id and by slug", async () => {
  const { product: made } = await shop.staff("create", product("A", { title: "Théière à café, 2 tasses!" }));

  expect(made).toMatchObject({
    slug: "theiere-a-cafe-2-tasses",
    status: "ACTIVE",
    description: null,
    version: 1,
    createdAt: "2026-03-01T09:00:00.000Z",
    variants: [{ sku: "A", title: "Théière à café, 2 tasses!", price: { amount: 1_999, currency: "GBP" } }],
  });
  expect(await shop.anyone("get", { idOrSlug: made.slug })).toEqual(made);
  expect(await shop.anyone("get", { idOrSlug: made.id.toUpperCase() })).toEqual(made);
  expect(await shop.events()).toMatchObject([{ type: "catalog.product_created", version: 1, data: { product: made } }]);
});

test("a made slug that is taken gets an end, a given one is refused", async () => {
  await mug();

  const { product: second } = await shop.staff("create", product("B", { title: "Blue mug" }));

  expect(second.slug).toMatch(/^blue-mug-[a-z0-9]{6}$/);
  expect(await failure(shop.staff("create", product("C", { slug: "blue-mug" })))).toBe("SLUG_TAKEN");
});

test("products of one title that are created at once all come to be", async () => {
  const made = await Promise.all(
    Array.from({ length: 8 }, (_, i) => shop.staff("create", product(`TWIN-${i}`, { title: "Twin" }))),
  );

  expect(new Set(made.map(({ product }) => product.slug)).size).toBe(8);
});

test("a SKU is sold once in the shop, and its letter case matters", async () => {
  await mug();

  expect(await failure(shop.staff("create", product("MUG", { title: "Another" })))).toBe("SKU_TAKEN");
  expect((await shop.staff("create", product("mug"))).product.variants[0]?.sku).toBe("mug");
  expect(await eventTypes()).toEqual(["catalog.product_created 1", "catalog.product_created 1"]);
});

test("the same Idempotency-Key makes one product, another body under it is refused", async () => {
  const idempotency = { key: "k1", fingerprint: "f1" };
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => shop.staff("create", { ...product("KEYED"), idempotency })),
  );

  expect(new Set(answers.map(({ product }) => product.id)).size).toBe(1);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  const other = shop.staff("create", { ...product("OTHER"), idempotency: { key: "k1", fingerprint: "f2" } });
  expect(await failure(other)).toBe("IDEMPOTENCY_KEY_REUSED");
});

test.each<[string, object, string]>([
  ["an unknown currency", { variants: [{ sku: "X", price: { amount: 1, currency: "XQX" } }] }, "VALIDATION_FAILED"],
  [
    "a SKU twice",
    {
      variants: [
        { sku: "X", price: { amount: 1, currency: "GBP" } },
        { sku: "X", price: { amount: 1, currency: "GBP" } },
      ],
    },
    "DUPLICATE_SKU",
  ],
  ["no variant", { variants: [] }, "VALIDATION_FAILED"],
  ["a blank title", { title: "  " }, "VALIDATION_FAILED"],
  ["a title with a line break", { title: "a\nb" }, "VALIDATION_FAILED"],
  ["a negative price", { amount: -1 }, "VALIDATION_FAILED"],
  ["a fraction of a penny", { amount: 0.5 }, "VALIDATION_FAILED"],
  ["a huge price", { amount: 1e15 }, "VALIDATION_FAILED"],
  ["a field that nobody knows", { role: "admin" }, "VALIDATION_FAILED"],
])("a product with %s is refused and nothing is stored", async (_, change, type) => {
  expect(await failure(shop.staff("create", product("X", change)))).toBe(type);
  expect(await shop.rows("select id from products")).toEqual([]);
});

test("drafts and archived products exist for staff only", async () => {
  const { product: draft } = await shop.staff("create", product("D", { status: "DRAFT" }));

  expect(await failure(shop.anyone("get", { idOrSlug: draft.id }))).toBe("PRODUCT_NOT_FOUND");
  expect(await failure(shop.anyone("get", { idOrSlug: draft.slug }))).toBe("PRODUCT_NOT_FOUND");
  expect(await shop.staff("get", { idOrSlug: draft.id })).toEqual(draft);
});

test.each(["nothing", "A B", "%", "'", "ü", "00000000-0000-0000-0000-000000000000"])(
  "a product called %j is not found",
  async (idOrSlug) => {
    expect(await failure(shop.anyone("get", { idOrSlug }))).toBe("PRODUCT_NOT_FOUND");
  },
);

test("only staff create, change, archive and import", async () => {
  const { id } = await mug();

  expect(await failure(shop.anyone("create", product("N")))).toBe("UNAUTHENTICATED");
  expect(await failure(shop.anyone("change", { id, ifVersion: 1, title: "Mine" }))).toBe("UNAUTHENTICATED");
  expect(await failure(shop.anyone("archive", { id, ifVersion: 1 }))).toBe("UNAUTHENTICATED");
  expect(await failure(shop.anyone("import", { items: [] }))).toBe("UNAUTHENTICATED");
});
