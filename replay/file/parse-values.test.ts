import { expect, test } from "@jest/globals";
import { parseDate, parsePence, parseQuantity } from "./parse-values.ts";

test.each<[string, ReturnType<typeof parsePence>]>([
  ["2.55", 255],
  ["2.5", 250],
  ["2", 200],
  ["2.", 200],
  [".5", 50],
  ["1.15", 115],
  ["8142.75", 814275],
  ["2.5500", 255],
  ["0.0", 0],
  ["-0.5", -50],
  ["0.001", "fraction"],
  ["2.555", "fraction"],
  ["1e3", undefined],
  ["2,55", undefined],
  ["£2.55", undefined],
  [".", undefined],
  ["", undefined],
  ["99999999999999999", undefined],
])("reads the price %s as %s pence", (text, pence) => {
  expect(parsePence(text)).toBe(pence);
});

test("reads every price of two decimals exactly", () => {
  for (let pence = 0; pence <= 100_000; pence++) {
    const text = `${Math.floor(pence / 100)}.${String(pence % 100).padStart(2, "0")}`;
    if (parsePence(text) !== pence) throw new Error(`${text} was read as ${parsePence(text)}`);
  }
});

test.each<[string, number | undefined]>([
  ["6", 6],
  ["-6", -6],
  ["80995.0", 80995],
  ["6.5", undefined],
  ["", undefined],
  ["1e2", undefined],
])("reads the quantity %s as %s", (text, quantity) => {
  expect(parseQuantity(text)).toBe(quantity);
});

test.each<[string, string | undefined]>([
  ["2010-12-01 08:26:00", "2010-12-01T08:26:00.000Z"],
  ["2010-12-01 08:26", "2010-12-01T08:26:00.000Z"],
  ["2010-12-01T08:26:00Z", "2010-12-01T08:26:00.000Z"],
  ["12/1/2010 8:26", "2010-12-01T08:26:00.000Z"],
  ["13/1/2010 8:26", undefined],
  ["2011-02-29 08:26:00", undefined],
  ["2010-12-01 24:00:00", undefined],
  ["yesterday", undefined],
])("reads the date %s as %s", (text, iso) => {
  expect(parseDate(text)).toBe(iso === undefined ? undefined : Date.parse(iso));
});
