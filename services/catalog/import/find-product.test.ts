import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { until } from "../../../tests/support/until.ts";
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
const refusals = async (...items: unknown[]) => (await bring(...items)).errors.map(({ row, code }) => `${row} ${code}`);
const gbp = (sku: string, amount = 100) => ({ sku, price: { amount, currency: "GBP" } });
const stored = async () =>
  (await shop.rows("select slug, title, version from products order by slug")).map(
    ({ slug, title, version }) => `${slug} "${title}" v${version}`,
  );
const skusOf = async (slug: string) =>
  (await shop.staff("get", { idOrSlug: slug })).variants.map(({ sku, price }) => `${sku} ${price.amount}`);

test("an item without a slug is the product that has all of its SKUs", async () => {
  await bring({ slug: "a", title: "Lamp", variants: [gbp("A1"), gbp("A2")] });

  await bring({ title: "Renamed lamp", variants: [gbp("A2", 250)] });

  expect(await stored()).toEqual(['a "Renamed lamp" v2']);
});

test("an item without a slug adds SKUs to the product of its title that has one of them", async () => {
  await bring({ title: "Mug", variants: [gbp("M1")] });

  expect(await refusals({ title: "Mug", variants: [gbp("M1", 150), gbp("M2", 200)] })).toEqual([]);

  expect(await stored()).toEqual(['mug "Mug" v2']);
  expect(await skusOf("mug")).toEqual(["M1 150", "M2 200"]);
});

test("an item without a slug is the product of its title, when all of its SKUs are new", async () => {
  await bring({ title: "Mug", variants: [gbp("M1")] });

  expect(await refusals({ title: "Mug", variants: [gbp("M2", 200)] })).toEqual([]);

  expect(await stored()).toEqual(['mug "Mug" v2']);
  expect(await skusOf("mug")).toEqual(["M1 100", "M2 200"]);
});

test("an item without a slug is a new product, when neither its SKUs nor its title are known", async () => {
  await bring({ title: "Mug", variants: [gbp("M1")] });

  await bring({ title: "mug", variants: [gbp("m1")] });

  expect(await shop.rows("select count(*)::int as count from products")).toEqual([{ count: 2 }]);
});

test("items of one title without slugs are products of their own, and never take a slug that the import names", async () => {
  const answer = await bring(
    product("M1", { title: "Mug" }),
    product("M2", { title: "Mug" }),
    product("M3", { slug: "mug" }),
  );

  expect(answer.accepted).toBe(3);
  const slugs = (await shop.rows("select slug from products order by slug")).map(({ slug }) => slug as string);
  expect(slugs[0]).toBe("mug");
  expect(slugs.slice(1).every((slug) => /^mug-[a-z0-9]{6}$/.test(slug))).toBe(true);
  expect(await skusOf("mug")).toEqual(["M3 1999"]);
});

test("items of one title without slugs, imported again, find their products by their SKUs", async () => {
  const items = [product("M1", { title: "Mug" }), product("M2", { title: "Mug" })];
  await bring(...items);

  expect((await bring(...items)).rows.map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged"]);
});

test("new SKUs under a title that two products have are refused with both, and a slug decides", async () => {
  await bring({ slug: "a", title: "Mug", variants: [gbp("A1")] }, { slug: "b", title: "Mug", variants: [gbp("B1")] });

  const { errors } = await bring({ title: "Mug", variants: [gbp("N1")] });

  const message = "The products a and b both have this title: name the slug of the one that is meant";
  expect(errors).toEqual([{ row: 1, code: "ambiguous_product", message }]);
  expect(await refusals({ slug: "b", title: "Mug", variants: [gbp("N1")] })).toEqual([]);
  expect(await refusals({ title: "Mug", variants: [gbp("A1"), gbp("A2")] })).toEqual([]);
  expect(await skusOf("a")).toEqual(["A1 100", "A2 100"]);
});

test("an item without a slug whose SKUs are of two products is refused", async () => {
  await bring({ slug: "a", title: "Lamp", variants: [gbp("A1")] }, { slug: "b", title: "Bulb", variants: [gbp("B1")] });

  expect(await refusals({ title: "Both", variants: [gbp("A1"), gbp("B1")] })).toEqual(["1 sku_taken"]);
  expect(await refusals({ title: "Half new", variants: [gbp("A1"), gbp("N1")] })).toEqual(["1 sku_taken"]);
});

test("a title that another item gives to a slug is refused without a slug, wherever that item stands", async () => {
  const answer = await bring(
    { title: "Mug", variants: [gbp("M1")] },
    { slug: "mug", title: "Mug", variants: [gbp("M2")] },
    { title: "Mug", variants: [gbp("M3")] },
  );

  const message = "This is also the title of the product mug, named elsewhere: name the slug here too";
  expect(answer.errors).toEqual([1, 3].map((row) => ({ row, code: "ambiguous_product", message })));
  expect(await stored()).toEqual(['mug "Mug" v1']);
});

test("the title of one product with the SKUs of another is refused with both", async () => {
  await bring({ slug: "a", title: "Lamp", variants: [gbp("A1")] }, { slug: "b", title: "Bulb", variants: [gbp("B1")] });

  const { errors } = await bring({ title: "Bulb", variants: [gbp("A1")] });

  const message =
    "The SKUs are of the product a, but the title is that of the product b: name the slug of the one that is meant";
  expect(errors).toEqual([{ row: 1, code: "ambiguous_product", message }]);
  expect(await refusals({ title: "Bulb", variants: [gbp("A1"), gbp("N1")] })).toEqual(["1 ambiguous_product"]);
  expect(await stored()).toEqual(['a "Lamp" v1', 'b "Bulb" v1']);
});

test("an item without a slug that means the product of an earlier item is refused, and so is the title that one took away", async () => {
  await bring({ slug: "a", title: "Lamp", variants: [gbp("A1")] }, { slug: "b", title: "Bulb", variants: [gbp("B1")] });

  const codes = await refusals(
    { slug: "a", title: "Big lamp", variants: [gbp("A1")] },
    { title: "Lamp", variants: [gbp("N1")] },
    { title: "Big lamp", variants: [gbp("A1"), gbp("N2")] },
    { title: "Lamp", variants: [gbp("B1")] },
  );

  expect(codes).toEqual(["2 duplicate_in_import", "3 duplicate_in_import", "4 ambiguous_product"]);
});

test("an import means the same whether its items are stored in one go or in several", async () => {
  await bring({ slug: "a", title: "Lamp", variants: [gbp("A1")] });
  const between = Array.from({ length: 600 }, (_, i) => product(`BULK-${i}`, { slug: `bulk-${i}` }));

  const { errors } = await bring(
    { slug: "a", title: "Big lamp", variants: [gbp("A1")] },
    { title: "Mug", variants: [gbp("M1")] },
    ...between,
    { title: "Lamp", variants: [gbp("N1")] },
    { title: "Big lamp", variants: [gbp("N2")] },
    { title: "Mug", variants: [gbp("M2")] },
  );

  expect(errors.map(({ row, code }) => `${row} ${code}`)).toEqual(["603 duplicate_in_import", "604 ambiguous_product"]);
  expect(
    await shop.rows(
      "select title, count(*)::int as count from products where slug not like 'bulk%' group by 1 order by 1",
    ),
  ).toEqual([
    { title: "Big lamp", count: 1 },
    { title: "Mug", count: 2 },
  ]);
});

test("of two imports at once that bring one title with different SKUs, one adds to the product of the other", async () => {
  // The slug that the title makes is taken, and its row held: both imports are under way before either can go on.
  await bring(product("OTHER", { slug: "mug" }));
  const waiting = {
    name: "waiting",
    text: "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  };

  const answers = await shop.db.transaction(async (tx) => {
    await tx.query({ name: "held", text: "select id from products for update" });
    const both = Promise.all(["M1", "M2"].map((sku) => bring({ title: "Mug", variants: [gbp(sku)] })));
    await until("both imports wait", async () => (await shop.db.query(waiting)).length === 2);
    return { both };
  });

  const outcomes = (await answers.both).flatMap(({ rows }) => rows.map(({ outcome }) => outcome));
  expect(outcomes.sort()).toEqual(["created", "updated"]);
  expect(await shop.rows("select count(*)::int as count from products where title = 'Mug'")).toEqual([{ count: 1 }]);
});
