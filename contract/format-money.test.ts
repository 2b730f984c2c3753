import { expect, test } from "@jest/globals";
import { CURRENCIES, minorUnits } from "./currencies.ts";
import { formatMoney } from "./format-money.ts";

test.each([
  [123_456, "GBP", "£1,234.56"],
  [5, "EUR", "€0.05"],
  [500, "JPY", "JP¥500"],
  [1_234, "KWD", "KWD\u00a01.234"],
  [150_000, "HUF", "HUF\u00a01,500.00"],
  [1_234_567, "CLF", "CLF\u00a0123.4567"],
  // The largest exact number: divided by a hundred as a float it would end in .92.
  [9_007_199_254_740_991, "GBP", "£90,071,992,547,409.91"],
])("%i minor units of %s are %s", (amount, currency, written) => {
  expect(formatMoney({ amount, currency }, "en-001")).toBe(written);
});

test.each([
  ["de", "1.234,56\u00a0€"],
  ["en", "€1,234.56"],
])("in %s 1,234.56 euros are %s", (locale, written) => {
  expect(formatMoney({ amount: 123_456, currency: "EUR" }, locale)).toBe(written);
});

test.each(["en-001", "de"])("in %s every currency is written with the digits that ISO 4217 gives it", (locale) => {
  const point = locale === "de" ? "," : ".";
  const wrong = CURRENCIES.filter((currency) => {
    const number = formatMoney({ amount: 1_234_567, currency }, locale).replace(/^\D+|\D+$/g, "");
    const [whole = "", fraction = ""] = number.split(point);
    return fraction.length !== minorUnits(currency) || whole.replace(/\D/g, "") + fraction !== "1234567";
  });

  expect(wrong).toEqual([]);
});
