import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { refreshSearch } from "./refresh-search.ts";
import { product, startShop } from "./testing/test-shop.ts";

let shop: Awaited<ReturnType<typeof startShop>>;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());
beforeEach(async () => {
  await shop.rows("delete from variants");
  await shop.rows("delete from products");
  await shop.rows("delete from search_words");
});

const titles = async (q: string) => (await shop.anyone("list", { q })).data.map(({ title }) => title);
const unread = () => shop.rows("select id from products where searched is distinct from version");
/** As the release before wrote it: its own reading of the words, and no mark. */
const asBefore = (where = "true") =>
  shop.rows(
    `update products set search = setweight(to_tsvector('simple', lower(title)), 'A'), searched = null where ${where}`,
  );

test("what the release before wrote is read anew, and nobody is told", async () => {
  await shop.staff("import", {
    items: Array.from({ length: 450 }, (_, i) => product(`P-${i}`, { title: `Straße ${i}` })),
  });
  await asBefore();
  await shop.rows("delete from search_words");
  const before = await shop.rows("select id, version, updated_at from products order by id");
  const events = (await shop.events()).length;
  expect(await titles("strasse 7")).toEqual([]);

  expect(await refreshSearch(shop.db)).toBe(450);

  expect(await titles("strasse 7")).toContain("Straße 7");
  expect((await titles("strase 7")).length).toBeGreaterThan(0);
  expect(await shop.rows("select id, version, updated_at from products order by id")).toEqual(before);
  expect(await shop.events()).toHaveLength(events);
  expect(await refreshSearch(shop.db)).toBe(0);
});

test("what is saved now needs no second reading, what the release before changes since does", async () => {
  await shop.staff("import", { items: [product("A", { title: "Straße" }), product("B")] });
  expect(await unread()).toEqual([]);

  await shop.rows("update products set title = 'Gasse', search = '', version = version + 1 where title = 'Straße'");

  expect(await refreshSearch(shop.db)).toBe(1);
  expect(await titles("gasse")).toEqual(["Gasse"]);
});

test("nodes that read at once leave each product read, and an editor's words stand", async () => {
  await shop.staff("import", {
    items: Array.from({ length: 300 }, (_, i) => product(`P-${i}`, { title: `Lamp ${i}` })),
  });
  await asBefore();
  const [first] = (await shop.staff("list", { q: "lamp", limit: 1 })).data;
  const edit = shop.staff("change", { id: first?.id as string, ifVersion: 1, title: "Große Vase" });

  const counts = await Promise.all([refreshSearch(shop.db), refreshSearch(shop.db), edit]);

  expect((counts[0] as number) + (counts[1] as number)).toBeGreaterThanOrEqual(299);
  expect(await unread()).toEqual([]);
  expect(await titles("grosse vase")).toEqual(["Große Vase"]);
});
