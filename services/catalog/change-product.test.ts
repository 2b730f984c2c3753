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

const withVariants = (...skus: string[]) => ({
  variants: skus.map((sku) => ({ sku, price: { amount: 500, currency: "GBP" } })),
});

test("a patch changes what it names and tells the world, with the price as a fact of its own", async () => {
  const before = await mug();
  shop.later();

  const after = await shop.staff("change", {
    id: before.id,
    ifVersion: 1,
    title: "Red mug",
    description: "Holds tea",
    variants: [
      { sku: "MUG-XL", title: "Large", price: { amount: 900, currency: "GBP" } },
      { sku: "MUG", price: { amount: 600, currency: "GBP" } },
    ],
  });

  expect(after).toMatchObject({ slug: "blue-mug", title: "Red mug", description: "Holds tea", version: 2 });
  expect(after.variants.map(({ sku, title }) => [sku, title])).toEqual([
    ["MUG-XL", "Large"],
    ["MUG", "Red mug"],
  ]);
  expect(after.variants[1]?.id).toBe(before.variants[0]?.id);
  expect(after.updatedAt > before.updatedAt).toBe(true);
  expect(await shop.anyone("get", { idOrSlug: before.id })).toEqual(after);
  expect((await shop.events()).slice(1)).toMatchObject([
    { type: "catalog.product_updated", version: 2, data: { product: after } },
    {
      type: "catalog.price_changed",
      version: 3,
      data: {
        productId: before.id,
        changes: [{ sku: "MUG", before: { amount: 500, currency: "GBP" }, after: { amount: 600, currency: "GBP" } }],
      },
    },
  ]);
});

test("a variant left out of the list is gone, and its SKU free for another product", async () => {
  const { id } = await mug();

  await shop.staff("change", { id, ifVersion: 1, ...withVariants("MUG-2") });

  expect((await shop.staff("create", product("MUG"))).product.variants[0]?.sku).toBe("MUG");
  expect((await shop.anyone("get", { idOrSlug: id })).variants.map(({ sku }) => sku)).toEqual(["MUG-2"]);
});

test("what is shown of a product and sent back as it is changes nothing", async () => {
  const { id, slug, title, status, variants } = await mug();
  const same = variants.map(({ sku, title, price }) => ({ sku, title, price }));

  const answer = await shop.staff("change", {
    id,
    ifVersion: 1,
    slug,
    title,
    status,
    variants: same,
    description: null,
  });

  expect(answer.version).toBe(1);
  expect(await eventTypes()).toEqual(["catalog.product_created 1"]);
});

test("a patch from an old version changes nothing", async () => {
  const { id } = await mug();
  await shop.staff("change", { id, ifVersion: 1, title: "Red mug" });

  expect(await failure(shop.staff("change", { id, ifVersion: 1, title: "Green mug" }))).toBe("VERSION_MISMATCH");
  expect(await failure(shop.staff("change", { id, ifVersion: 3, title: "Green mug" }))).toBe("VERSION_MISMATCH");
  expect(await shop.anyone("get", { idOrSlug: id })).toMatchObject({ title: "Red mug", version: 2 });
});

test("a change of several facts is counted as several, and each names the request that made it", async () => {
  const { id } = await mug();
  const variants = [{ sku: "MUG", price: { amount: 600, currency: "GBP" } }];
  await shop.staffIn("sale")("change", { id, ifVersion: 1, variants, status: "ARCHIVED" });

  const { version } = await shop.staffIn("words")("change", { id, ifVersion: 2, title: "Red mug" });

  expect(version).toBe(3);
  expect((await shop.events()).slice(1).map((event) => [event.type, event.version, event.correlationId])).toEqual([
    ["catalog.product_updated", 2, "sale"],
    ["catalog.price_changed", 3, "sale"],
    ["catalog.product_archived", 4, "sale"],
    ["catalog.product_updated", 5, "words"],
  ]);
});

test("a product whose events were never counted goes on from its version", async () => {
  const { id } = await mug();
  await shop.rows("update products set events = null");

  await shop.staff("change", { id, ifVersion: 1, title: "Red mug" });
  await shop.staff("change", { id, ifVersion: 2, title: "Blue mug" });

  expect((await shop.events()).map(({ version }) => version)).toEqual([1, 2, 3]);
});

test("of many editors of one version one wins", async () => {
  const { id } = await mug();

  const outcomes = await Promise.allSettled(
    Array.from({ length: 12 }, (_, i) => shop.staff("change", { id, ifVersion: 1, title: `Mug ${i}` })),
  );

  const winners = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  expect(winners).toHaveLength(1);
  expect(await shop.anyone("get", { idOrSlug: id })).toEqual(winners[0]);
  expect(await eventTypes()).toEqual(["catalog.product_created 1", "catalog.product_updated 2"]);
});

test("a patch cannot take another product's slug or SKU, and then changes nothing at all", async () => {
  const { id } = await mug();
  await shop.staff("create", product("POT", { slug: "pot" }));

  expect(await failure(shop.staff("change", { id, ifVersion: 1, title: "Pot", slug: "pot" }))).toBe("SLUG_TAKEN");
  expect(await failure(shop.staff("change", { id, ifVersion: 1, title: "Pot", ...withVariants("POT") }))).toBe(
    "SKU_TAKEN",
  );
  expect(await shop.anyone("get", { idOrSlug: id })).toMatchObject({ title: "Blue mug", slug: "blue-mug", version: 1 });
});

test("an archived product is no longer shown or sold, and its SKU stays taken", async () => {
  const { id } = await mug();

  expect(await failure(shop.staff("archive", { id, ifVersion: 2 }))).toBe("VERSION_MISMATCH");
  expect(await shop.staff("archive", { id, ifVersion: 1 })).toBeNull();

  expect(await failure(shop.anyone("get", { idOrSlug: id }))).toBe("PRODUCT_NOT_FOUND");
  expect(await shop.anyone("price", { skus: ["MUG"] })).toEqual([]);
  expect(await failure(shop.staff("create", product("MUG")))).toBe("SKU_TAKEN");
  expect(await eventTypes()).toContain("catalog.product_archived 3");
});

test("archiving what is archived, or what never was", async () => {
  const { id } = await mug();
  await shop.staff("archive", { id, ifVersion: 1 });

  expect(await shop.staff("archive", { id, ifVersion: 2 })).toBeNull();
  expect((await eventTypes()).filter((type) => type.startsWith("catalog.product_archived"))).toHaveLength(1);
  const nowhere = "00000000-0000-7000-8000-000000000000";
  expect(await failure(shop.staff("archive", { id: nowhere, ifVersion: 1 }))).toBe("PRODUCT_NOT_FOUND");
});

test("a change costs the same number of statements whatever the number of variants", async () => {
  const { id } = await mug();
  const many = Array.from({ length: 150 }, (_, i) => `MUG-${i}`);

  const few = await shop.counting(() => shop.staff("change", { id, ifVersion: 1, ...withVariants("MUG", "MUG-X") }));
  const lots = await shop.counting(() =>
    shop.staff("change", { id, ifVersion: 2, ...withVariants("MUG", "MUG-X", ...many) }),
  );

  expect(lots).toBe(few);
});
