import { describe, expect, test } from "@jest/globals";
import { type DecimalMarks, decimalMarksOf, readPrice } from "./read-price.ts";

const COMMAS = ",";
const SEMICOLONS = ";";
const amountOf = (text: string, currency: string, delimiter: string, marks?: DecimalMarks) => {
  const price = readPrice(text, currency, marks ?? decimalMarksOf([text], delimiter), delimiter);
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
    expect(amountOf(text, currency, COMMAS)).toBe(amount);
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
    expect(amountOf(text, currency, SEMICOLONS)).toBe(amount);
  });
});

const MARKS = "has marks between its thousands: write it without them";
const MAY = "has a point before three digits, and decimals follow a comma in this file: write 1299 if that is meant";
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
    expect(amountOf(text, currency, COMMAS)).toBe(flaw);
  });
  test.each([
    ["1.299", "EUR", MAY],
    ["1.299", "KWD", MAY],
    ["1.299", "JPY", MAY],
    ["1,299", "EUR", "has more decimals than EUR, which has 2"],
    ["1,299.00", "EUR", MARKS],
    ["1.299,00", "EUR", MARKS],
    ["1 299,00", "EUR", MARKS],
    ["1\u00a0299,00", "EUR", MARKS],
    ["1\u202f299,00", "EUR", MARKS],
    ["1,5", "JPY", "has more decimals than JPY, which has none"],
    ["-4,95", "EUR", LESS],
  ])("where others do: %s %s", (text, currency, flaw) => {
    expect(amountOf(text, currency, SEMICOLONS)).toBe(flaw);
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
    expect(amountOf(text, "GBP", COMMAS)).toMatch(/^is no number: write digits alone, such as 4.95, /);
    expect(amountOf(text, "GBP", SEMICOLONS)).toMatch(/^is no number: write digits alone, such as 4,95, /);
  });
});

describe("what decimals follow is seen in the whole file", () => {
  test.each<[string, string[], string, DecimalMarks]>([
    ["the point where commas part the cells", ["4,95"], ",", "."],
    ["the comma where nothing is shown", ["4", "1.299", "1,299", "€5", "1.299,00"], ";", ","],
    ["the comma where it is shown", ["4,95", "1.299"], "\t", ","],
    ["the point where it alone is shown", ["4.95", "1,299"], "\t", "."],
    ["both where both are shown", ["4.95", "4,95"], ";", "both"],
  ])("%s", (_, prices, delimiter, marks) => {
    expect(decimalMarksOf(prices, delimiter)).toBe(marks);
  });
  test("and decides what three digits are", () => {
    expect(amountOf("1,299", "KWD", "\t", ",")).toBe(1_299);
    expect(amountOf("1.299", "KWD", "\t", ".")).toBe(1_299);
    expect(amountOf("1.299", "KWD", "\t", ",")).toBe(MAY);
    expect(amountOf("1,299", "KWD", "\t", ".")).toMatch(/^has a comma .* follow a point in this file/);
    expect(amountOf("1,299", "KWD", "\t", "both")).toMatch(/^has a comma .* follow points and commas in this file/);
    expect(amountOf("1.299", "KWD", "\t", "both")).toMatch(/^has a point .* follow points and commas in this file/);
  });
});
