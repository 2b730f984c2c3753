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
});

const bring = (...items: unknown[]) => shop.staff("import", { items });
const eventTypes = async () => (await shop.events()).map(({ type }) => type);
const many = (count: number, change = {}) =>
  Array.from({ length: count }, (_, i) => product(`BULK-${i}`, { slug: `bulk-${i}`, ...change }));

test("five thousand items take a handful of statements per chunk", async () => {
  const items = many(5_000);

  const first = await shop.counting(() => bring(...items));
  const again = await shop.counting(() => bring(...items));

  // Ten chunks: begin, lock, save, variants, outbox, commit; where the products exist, lock and read.
  expect(first).toBeLessThanOrEqual(60);
  expect(again).toBeLessThanOrEqual(40);
  expect(await shop.rows("select count(*)::int as count from products")).toEqual([{ count: 5_000 }]);
});

test("two imports of the same items at once end as one", async () => {
  const items = many(1_200);

  const answers = await Promise.all([bring(...items), bring(...items.toReversed()), bring(...items)]);

  expect(answers.map(({ accepted }) => accepted)).toEqual([1_200, 1_200, 1_200]);
  const [products] = await shop.rows("select count(*)::int as count, max(version) as version from products");
  expect(products).toEqual({ count: 1_200, version: 1 });
  expect(await eventTypes()).toHaveLength(1_200);
});

test("of a chunk that keeps failing only the guilty item is refused, and nothing else is lost", async () => {
  const candidates = many(40);
  // A rule of the database that the sieves before it do not know.
  await shop.asAdmin("alter table variants add constraint no_thirteen check (sku <> 'BULK-13')");

  const { accepted, errors } = await bring(...candidates);
  await shop.asAdmin("alter table variants drop constraint no_thirteen");

  expect(accepted).toBe(39);
  expect(errors).toEqual([{ row: 14, code: "not_stored", message: expect.any(String) }]);
  expect(await shop.rows("select count(*)::int as count from products")).toEqual([{ count: 39 }]);
});

test("two imports that fight for the SKUs of their products give each SKU to one of them", async () => {
  const side = (name: string) => Array.from({ length: 600 }, (_, i) => product(`S-${i}`, { slug: `${name}-${i}` }));

  const [left, right] = await Promise.all([bring(...side("left")), bring(...side("right"))]);

  expect((left?.accepted ?? 0) + (right?.accepted ?? 0)).toBe(600);
  expect([...(left?.errors ?? []), ...(right?.errors ?? [])].every(({ code }) => code === "sku_taken")).toBe(true);
  const orphans = await shop.rows(
    "select slug from products p where not exists (select from variants where product_id = p.id)",
  );
  expect(orphans).toEqual([]);
});

test("an import and an editor at the same product leave both changes in the order of the versions", async () => {
  await bring(...many(50));
  const { id } = await shop.staff("get", { idOrSlug: "bulk-7" });

  const [imported, edited] = await Promise.allSettled([
    bring(...many(50, { description: "From the import" })),
    shop.staff("change", { id, ifVersion: 1, title: "By hand" }),
  ]);

  expect(imported).toMatchObject({ value: { accepted: 50 } });
  const versions = (await shop.events())
    .filter(({ data }) => (data as { product: { id: string } }).product.id === id)
    .map(({ version }) => version);
  expect(versions).toEqual(edited.status === "fulfilled" ? [1, 2, 3] : [1, 2]);
});
