import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "@jest/globals";
import { isCommonPassword } from "./common-passwords.ts";
import { assertPasswordAllowed } from "./password-rules.ts";

const KNOWN = { email: "grace.hopper@navy.example.com", name: "Grac\u00e9 Brewster Hopper", shopName: "Mugs & More" };
const judge = (password: string) => () => assertPasswordAllowed(password, KNOWN);
const weak = (reason: RegExp) =>
  expect.objectContaining({
    code: 422,
    type: "WEAK_PASSWORD",
    data: { errors: [expect.objectContaining({ message: expect.stringMatching(reason) })] },
  });

test("the published list is of ten thousand and more, in lower case, and every one is refused (S10)", () => {
  const file = createRequire(import.meta.url).resolve("@zxcvbn-ts/language-common/src/passwords.json");
  const published = JSON.parse(readFileSync(file, "utf8")) as string[];

  expect(published.filter((each) => each.length >= 8).length).toBeGreaterThan(10_000);
  expect(published.filter((each) => !isCommonPassword(each.toLowerCase()))).toEqual([]);
});

test.each([
  "password",
  "PassWord1",
  "1qaz2wsx",
  "QWERTYUIOP",
  "sunshine",
  "trustno1",
  "00000000",
  "12341234",
  "adminadmin",
  "abcdefgh",
  "87654321",
])("%s is among the most common (S10)", (password) => {
  expect(judge(password)).toThrow(weak(/most common/));
});

test.each([
  ["the address", "Grace.Hopper@navy.example.com"],
  ["the local part", "grace.hopper"],
  ["the local part without its dot, and a year", "GraceHopper1906"],
  ["the domain", "navy.example.com"],
  ["the domain and a number", "navy.example.com99"],
  ["the first name of the domain and a number", "navy12345"],
  ["the display name", "grac\u00e9 brewster hopper"],
  ["the display name composed otherwise", "Grace\u0301BrewsterHopper"],
  ["a part of the display name and a number", "brewster1"],
  ["the shop", "Mugs & More"],
  ["the shop without blanks", "mugs&more"],
  ["the shop and a number", "MugsMore2026"],
  ["the shop, a sign and a number", "mugs-more-2026!"],
])("%s is easy to guess (S10)", (_what, password) => {
  expect(judge(password)).toThrow(weak(/name or the e-mail address/));
});

test.each([
  "a walk by the sea",
  "grace hopper likes mugs",
  "mugs and more mugs",
  "\u00fcber den Wolken",
  "20261127-4711",
])("%j is allowed: it holds such a word at most, or none (S10)", (password) => {
  expect(judge(password)).not.toThrow();
});

test("an account whose names are digits refuses that number, not every number", () => {
  const known = { email: "4711@example.com", name: "4711", shopName: "1" };

  expect(() => assertPasswordAllowed("47 11 47 12", known)).not.toThrow();
  expect(() => assertPasswordAllowed("4711-----", known)).toThrow(weak(/e-mail address/));
});
