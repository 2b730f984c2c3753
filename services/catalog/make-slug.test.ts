import { expect, test } from "@jest/globals";
import { compile } from "../../contract/compile.ts";
import { Slug } from "../../contract/fields.ts";
import { slugFrom, slugWithEnd } from "./make-slug.ts";

test.each([
  ["Łopata", "lopata"],
  ["Øre & Krone", "ore-krone"],
  ["Große Straße", "grosse-strasse"],
  ["Boîtes à thé (cafés)", "boites-a-the-cafes"],
  ["Boi\u0302tes", "boites"],
  ["Чайник электрический", "chaynik-elektricheskiy"],
  ["شاي أخضر", "shy-khdr"],
  ["チャイ ｶﾞﾗｽ", "chiyai-garasu"],
  ["日本", "riben"],
  ["찻잔", "chasjan"],
  ["Ελιά", "elia"],
  ['Regency teacup & saucer, 3"', "regency-teacup-saucer-3"],
])("%s has the slug %s", (title, slug) => {
  expect(slugFrom(title)).toBe(slug);
});

test("a title that gives no letter is a product", () => {
  expect(slugFrom("!?")).toBe("product");
  expect(slugFrom("—")).toBe("product");
});

test("a long title is cut between two words, a single long word where it has to be", () => {
  expect(slugFrom(`${"white heart ".repeat(8)}holder`)).toBe(`${"white-heart-".repeat(8)}`.slice(0, -1));
  expect(slugFrom(`${"a".repeat(99)} bc`)).toBe("a".repeat(99));
  expect(slugFrom(`${"a".repeat(97)} bc d`)).toBe(`${"a".repeat(97)}-bc`);
  expect(slugFrom("ü".repeat(300))).toBe("u".repeat(100));
});

test("every slug is one, with its random end too", () => {
  const check = compile(Slug);

  for (const title of ["Łopata", "日本".repeat(150), "-- a --", "Straße ".repeat(40), "💐 ½"]) {
    expect(check(slugWithEnd(slugFrom(title)))).toEqual([]);
  }
});
