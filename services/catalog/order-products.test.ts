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
});

type Query = Parameters<typeof shop.anyone<"list">>[1];
const titles = async (query: Query) => (await shop.anyone("list", query)).data.map(({ title }) => title);
const inCurrencies = (title: string, prices: Record<string, number>, status: "ACTIVE" | "DRAFT" = "ACTIVE") => ({
  title,
  status,
  variants: Object.entries(prices).map(([key, amount]) => ({
    sku: `${title}-${key}`,
    price: { amount, currency: key.slice(0, 3) },
  })),
});

const allTitles = async (query: Query) => (await shop.allPages(query)).map(({ title }) => title);

test("titles sort as people write lists: accents and case beside their letter, on one page and over many", async () => {
  const sorted = ["Ahorn", "Ahre", "Ähre", "Ahrens", "apple", "Łopata", "Lopatka", "Øre", "Zebra", "zulu", "Яблоко"];
  await shop.staff("import", { items: sorted.toReversed().map((title, i) => product(`S-${i}`, { title })) });

  expect(await titles({ sort: "title" })).toEqual(sorted);
  expect(await titles({ sort: "-title" })).toEqual(sorted.toReversed());
  expect(await allTitles({ sort: "title", limit: 2 })).toEqual(sorted);
  expect(await allTitles({ sort: "-title", limit: 1 })).toEqual(sorted.toReversed());
});

test("prices are compared in the currency asked for, by the cheapest variant in it", async () => {
  const items = [
    inCurrencies("Mug", { GBP: 900, JPY: 100 }),
    inCurrencies("Pot", { GBP: 500, GBP2: 1_500, JPY: 300 }),
    inCurrencies("Cup", { GBP: 700, GBP2: 700, GBP3: 600 }),
    inCurrencies("Yen only", { JPY: 50 }),
  ];
  await shop.staff("import", { items });
  const inPounds = { filter: { currency: "GBP" } };

  expect(await titles({ sort: "price", ...inPounds })).toEqual(["Pot", "Cup", "Mug"]);
  expect(await titles({ sort: "-price", ...inPounds })).toEqual(["Mug", "Cup", "Pot"]);
  expect(await allTitles({ sort: "-price", limit: 1, ...inPounds })).toEqual(["Mug", "Cup", "Pot"]);
  expect(await titles({ sort: "price", filter: { currency: "JPY" } })).toEqual(["Yen only", "Mug", "Pot"]);
  expect(await titles({ sort: "price", filter: { currency: "JPY", priceFrom: 100 } })).toEqual(["Mug", "Pot"]);
  expect(await titles({ sort: "price", filter: { currency: "EUR" } })).toEqual([]);
});

test("without a currency prices are compared where there is one, and refused where there are several", async () => {
  expect(await titles({ sort: "price" })).toEqual([]);

  await shop.staff("import", { items: [inCurrencies("Mug", { GBP: 900 }), inCurrencies("Pot", { GBP: 500 })] });
  expect(await titles({ sort: "price" })).toEqual(["Pot", "Mug"]);
  expect(await titles({ filter: { priceTo: 600 } })).toEqual(["Pot"]);

  await shop.staff("import", { items: [inCurrencies("Yen", { JPY: 900 })] });
  for (const query of [{ sort: "price" }, { sort: "-price" }, { filter: { priceFrom: 1 } }, { filter: { priceTo: 1 } }])
    expect(await failure(shop.anyone("list", query as Query))).toBe("CURRENCY_REQUIRED");
  await expect(shop.anyone("list", { sort: "price" })).rejects.toMatchObject({
    code: 422,
    data: { errors: [{ parameter: "filter[currency]" }] },
  });
});

test("a currency that the asker cannot see asks nobody for a currency", async () => {
  const items = [inCurrencies("Mug", { GBP: 900 }), inCurrencies("Draft", { EUR: 1, USD: 1 }, "DRAFT")];
  await shop.staff("import", { items });

  expect(await titles({ sort: "price" })).toEqual(["Mug"]);
  expect(await failure(shop.staff("list", { sort: "price" }))).toBe("CURRENCY_REQUIRED");
  expect((await shop.staff("list", { sort: "price", filter: { status: "ACTIVE" } })).data).toHaveLength(1);
});

test("a list by price goes on in its currency when another one arrives between its pages", async () => {
  await shop.staff("import", { items: [inCurrencies("Mug", { GBP: 900 }), inCurrencies("Pot", { GBP: 500 })] });
  const { page } = await shop.anyone("list", { sort: "price", limit: 1 });

  await shop.staff("create", inCurrencies("Yen", { JPY: 900 }));

  const after = page.nextCursor as string;
  expect(await titles({ sort: "price", limit: 1, after })).toEqual(["Mug"]);
  expect(await failure(shop.anyone("list", { sort: "price", after, filter: { currency: "JPY" } }))).toBe(
    "INVALID_CURSOR",
  );
});
