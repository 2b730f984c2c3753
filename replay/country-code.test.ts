import { expect, test } from "@jest/globals";
import { countryCode } from "./country-code.ts";

test.each<[string, string | undefined]>([
  ["United Kingdom", "GB"],
  ["Germany", "DE"],
  ["EIRE", "IE"],
  ["RSA", "ZA"],
  ["USA", "US"],
  ["Czech Republic", "CZ"],
  ["Hong Kong", "HK"],
  ["European Community", "EU"],
  ["Unspecified", "ZZ"],
  ["Atlantis", undefined],
])("%s is %s", (name, code) => {
  expect(countryCode(name)).toBe(code);
});
