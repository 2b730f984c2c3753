import { describe, expect, test } from "@jest/globals";
import { readPrice } from "./read-price.ts";

const POINT = false;
const COMMA = true;
const amountOf = (text: string, currency: string, decimalComma: boolean) => {
  const price = readPrice(text, currency, decimalComma);
  return "amount" in price ? price.amount : price.flaw;
};

describe("a price is read in minor units", () => {
  test.each([
    ["4.95", "GBP", 495],
    ["4.9", "GBP", 490],
    ["4", "GBP", 400],
    ["4.35", "GBP", 435],
    ["0", "GBP", 0],
    ["0.00", "GBP", 0],
    ["0004.95", "GBP", 495],
    ["1500.00", "HUF", 150_000],
    ["1200", "JPY", 1_200],
    ["1.299", "KWD", 1_299],
    ["1.2999", "CLF", 12_999],
    ["10000000000.00", "GBP", 1_000_000_000_000],
  ])("where commas part the cells: %s %s", (text, currency, amount) => {
    expect(amountOf(text, currency, POINT)).toBe(amount);
  });
  test.each([
    ["4,95", "EUR", 495],
    ["4,9", "EUR", 490],
    ["4", "EUR", 400],
    ["1200", "JPY", 1_200],
    ["1,299", "KWD", 1_299],
    ["4.95", "EUR", 495],
    ["4.9", "EUR", 490],
    ["1.2999", "CLF", 12_999],
  ])("where others do: %s %s", (text, currency, amount) => {
    expect(amountOf(text, currency, COMMA)).toBe(amount);
  });
});

const MARKS = "has marks between its thousands: write it without them";
const LESS = "is less than nothing";

describe("what may not be a price is none, and the reason says what to do", () => {
  test.each([
    ["4,95", "GBP", "has a comma: in a file with commas between its cells a price is written 4.95"],
    ["1,299", "GBP", "has a comma: in a file with commas between its cells a price is written 4.95"],
    ["1,299.00", "GBP", MARKS],
    ["1.299,00", "GBP", MARKS],
    ["1,299,000", "GBP", MARKS],
    ["1 299.00", "GBP", MARKS],
    ["1'299.00", "CHF", MARKS],
    ["1’299.00", "CHF", MARKS],
    ["1.299", "GBP", "has more decimals than GBP, which has 2"],
    ["4.950", "GBP", "has more decimals than GBP, which has 2"],
    ["1.5", "JPY", "has more decimals than JPY, which has none"],
    ["1.0", "JPY", "has more decimals than JPY, which has none"],
    ["1.2999", "KWD", "has more decimals than KWD, which has 3"],
    ["-4.95", "GBP", LESS],
    ["−4.95", "GBP", LESS],
    ["", "GBP", "is missing"],
    ["10000000000.01", "GBP", "is more than a price may be"],
    ["99999999999999", "GBP", "is no number: write digits alone, such as 4.95, and the currency in its own column"],
  ])("where commas part the cells: %s %s", (text, currency, flaw) => {
    expect(amountOf(text, currency, POINT)).toBe(flaw);
  });
  test.each([
    ["1.299", "EUR", "may mean 1299 or 1,299: write the one that is meant"],
    ["1.299", "KWD", "may mean 1299 or 1,299: write the one that is meant"],
    ["1.299", "JPY", "may mean 1299 or 1,299: write the one that is meant"],
    ["1,299", "EUR", "has more decimals than EUR, which has 2"],
    ["1,299.00", "EUR", MARKS],
    ["1.299,00", "EUR", MARKS],
    ["1 299,00", "EUR", MARKS],
    ["1\u00a0299,00", "EUR", MARKS],
    ["1\u202f299,00", "EUR", MARKS],
    ["1,5", "JPY", "has more decimals than JPY, which has none"],
    ["-4,95", "EUR", LESS],
  ])("where others do: %s %s", (text, currency, flaw) => {
    expect(amountOf(text, currency, COMMA)).toBe(flaw);
  });
  test.each([
    "€5",
    "5 €",
    "£4.95",
    "GBP 4.95",
    "4.95 GBP",
    "1e3",
    "0x10",
    ".5",
    "5.",
    "+5",
    "٥",
    "five",
    "4.95x",
    "--",
    "NaN",
  ])("in any file: %s", (text) => {
    expect(amountOf(text, "GBP", POINT)).toMatch(/^is no number: write digits alone, such as 4.95, /);
    expect(amountOf(text, "GBP", COMMA)).toMatch(/^is no number: write digits alone, such as 4,95, /);
  });
});
