import { expect, test } from "@jest/globals";
import { MAX_AMOUNT } from "../../../contract/fields.ts";
import { priceLines } from "./price-lines.ts";

const price = (amount: number, currency = "GBP") => ({ amount, currency });
const CATALOG = [
  { sku: "MUG", title: "Mug", price: price(1_250) },
  { sku: "POT", title: "Teapot", price: price(3_400) },
  { sku: "EURO", title: "Imported", price: price(900, "EUR") },
];

test("the catalog's prices, line by line, also of a SKU that comes twice", () => {
  const { lines, total } = priceLines(
    [
      { sku: "MUG", quantity: 2 },
      { sku: "POT", quantity: 1 },
      { sku: "MUG", quantity: 1 },
    ],
    "GBP",
    CATALOG,
  );

  expect(lines.map(({ sku, title, total }) => [sku, title, total])).toEqual([
    ["MUG", "Mug", 2_500],
    ["POT", "Teapot", 3_400],
    ["MUG", "Mug", 1_250],
  ]);
  expect(total).toBe(7_150);
});

test("a negotiated price takes the place of the catalog's", () => {
  const { lines } = priceLines([{ sku: "MUG", quantity: 3, unitPrice: price(0) }], "GBP", CATALOG);

  expect(lines).toMatchObject([{ unitPrice: 0, total: 0 }]);
});

test("what the catalog does not sell is named, each SKU once", () => {
  const wanted = ["NONE", "MUG", "NONE", "ZERO"].map((sku) => ({ sku, quantity: 1 }));

  expect(() => priceLines(wanted, "GBP", CATALOG)).toThrow(
    expect.objectContaining({ type: "UNKNOWN_SKU", data: { skus: ["NONE", "ZERO"] } }),
  );
});

test("a price in another currency is refused, with the line that has it", () => {
  const wanted = [
    { sku: "MUG", quantity: 1 },
    { sku: "EURO", quantity: 1 },
  ];

  expect(() => priceLines(wanted, "GBP", CATALOG)).toThrow(
    expect.objectContaining({
      type: "CURRENCY_MISMATCH",
      data: { errors: [expect.objectContaining({ pointer: "/lines/1" })] },
    }),
  );
});

test.each([
  ["more than one order may be", { quantity: 2, unitPrice: price(MAX_AMOUNT) }],
  ["more than a number holds exactly", { quantity: 1_000_000, unitPrice: price(MAX_AMOUNT) }],
])("a total of %s is refused, never rounded", (_what, line) => {
  expect(() => priceLines([{ sku: "MUG", ...line }], "GBP", CATALOG)).toThrow(
    expect.objectContaining({ type: "TOTAL_TOO_LARGE" }),
  );
});
