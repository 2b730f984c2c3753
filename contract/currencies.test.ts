import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "@jest/globals";
import { CURRENCIES, minorUnits } from "./currencies.ts";

/** The list as SIX publishes it, which an npm package carries. */
function published(): Map<string, string> {
  const file = createRequire(import.meta.url).resolve("currency-codes/iso-4217-list-one.xml");
  const entries = readFileSync(file, "utf8").matchAll(/<Ccy>(\w+)<\/Ccy>[\s\S]*?<CcyMnrUnts>(.*?)<\/CcyMnrUnts>/g);
  return new Map([...entries].map(([, code, digits]) => [code as string, digits as string]));
}

describe("the table of currencies", () => {
  test("is the published list, with what was added to it since", () => {
    const spendable = [...published()].filter(([, digits]) => digits !== "N.A.").map(([code]) => code);

    expect(CURRENCIES).toEqual([...spendable, "XCG"].sort());
  });
  test("has the published minor units", () => {
    const wrong = [...published()].filter(([code, digits]) => digits !== "N.A." && minorUnits(code) !== Number(digits));

    expect(published().size).toBeGreaterThan(170);
    expect(wrong).toEqual([]);
  });
  test.each("AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR SLL SOS SYP YER".split(" "))(
    "%s has two, whatever is printed of them",
    (code) => {
      expect(minorUnits(code)).toBe(2);
    },
  );
  test.each([
    ["JPY", 0],
    ["UYI", 0],
    ["IQD", 3],
    ["CLF", 4],
    ["UYW", 4],
  ])("%s has %i", (code, digits) => {
    expect(minorUnits(code)).toBe(digits);
  });
});
