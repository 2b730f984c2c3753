import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { product, startShop } from "./testing/test-shop.ts";

let shop: Awaited<ReturnType<typeof startShop>>;
beforeAll(async () => {
  shop = await startShop();
  const gbp = (sku: string, amount: number, title?: string) => ({
    sku,
    ...(title && { title }),
    price: { amount, currency: "GBP" },
  });
  await shop.staff("import", {
    items: [
      product("MUG", { title: "Mug", variants: [gbp("MUG", 500), gbp("MUG-XL", 900, "Large mug")] }),
      product("POT", { title: "Teapot", amount: 2_500 }),
      product("DRAFT", { status: "DRAFT" }),
    ],
  });
});
afterAll(() => shop.stop());

test("a SKU is priced under its own title, or else under that of its product", async () => {
  expect(await shop.anyone("price", { skus: ["MUG-XL", "MUG"] })).toEqual([
    { sku: "MUG-XL", title: "Large mug", price: { amount: 900, currency: "GBP" } },
    { sku: "MUG", title: "Mug", price: { amount: 500, currency: "GBP" } },
  ]);
});

test("what is not for sale is absent, and what is asked for twice comes once", async () => {
  const priced = await shop.anyone("price", { skus: ["mug", "DRAFT", "POT", "NOTHING", "POT"] });

  expect(priced.map(({ sku }) => sku)).toEqual(["POT"]);
});

test("a hundred orders that are priced at once share two statements, and each gets its own prices", async () => {
  const baskets = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? ["MUG", "POT"] : ["MUG-XL"]));
  let answers: string[][] = [];

  const statements = await shop.counting(async () => {
    const priced = await Promise.all(baskets.map((skus) => shop.anyone("price", { skus })));
    answers = priced.map((lines) => lines.map(({ sku }) => sku));
  });

  expect(answers).toEqual(baskets);
  // The first goes at once and alone; all that arrive while it is under way go together.
  expect(statements).toBeLessThanOrEqual(2);
});
