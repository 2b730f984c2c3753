import { describe, expect, test } from "@jest/globals";
import { AddressInput, faultsOfAddress, looksLikePostalCode, tidyAddress, useOf } from "./addresses.ts";
import { compile } from "./compile.ts";
import { COUNTRIES } from "./countries.ts";

const check = compile(AddressInput);
const home = { name: "Ada", line1: "12 St James's Square", city: "London", postalCode: "SW1Y 4JH", country: "GB" };
const faults = (address: Parameters<typeof faultsOfAddress>[0]) =>
  faultsOfAddress(address, "/shippingAddress").map(({ pointer, code }) => `${pointer} ${code}`);

test("the countries are the 249 of ISO 3166-1", () => {
  expect(COUNTRIES).toHaveLength(249);
  expect(COUNTRIES).toEqual(expect.arrayContaining(["AE", "GB", "HK", "SS", "ZW"]));
  for (const none of ["XX", "UK", "EU", "ZZ", "XK"]) expect(COUNTRIES).not.toContain(none);
});

describe("an address", () => {
  test("of Dubai or Hong Kong needs no postal code", () => {
    const dubai = { name: "Noor", line1: "Office 5, Al Wasl Road", city: "Dubai", country: "AE" };
    const hongKong = { name: "Wing", line1: "Flat A, 10 Nathan Road", city: "Kowloon", country: "HK" };

    for (const address of [dubai, hongKong]) {
      expect(check({ ...address })).toEqual([]);
      expect(faults(address)).toEqual([]);
    }
  });
  test("names the field that its country cannot do without", () => {
    expect(faults({ country: "GB" })).toEqual(["/shippingAddress/postalCode required_in_country"]);
    expect(faults({ country: "US", postalCode: "94016", region: "" })).toEqual([
      "/shippingAddress/region required_in_country",
    ]);
    expect(faults({ country: "CA" })).toEqual([
      "/shippingAddress/postalCode required_in_country",
      "/shippingAddress/region required_in_country",
    ]);
  });
  test("names a postal code that is none of its country", () => {
    expect(faults({ country: "DE", postalCode: "SW1Y 4JH" })).toEqual([
      "/shippingAddress/postalCode malformed_in_country",
    ]);
  });
  test("names a country that is none", () => {
    expect(faults({ country: "ZZ", postalCode: "0000" })).toEqual(["/shippingAddress/country unknown"]);
  });
  test("may leave empty what may be absent, and is kept without it", () => {
    const sent = { ...home, line2: "", region: " ", phone: "" };

    expect(check(sent)).toEqual([]);
    expect(tidyAddress(sent)).toEqual(home);
  });
});

describe("a postal code", () => {
  test.each([
    ["GB", "sw1y4jh"],
    ["GB", "BFPO 61"],
    ["US", "94016-1234"],
    ["CA", "k1a 0b1"],
    ["CH", "CH-8001"],
    ["DE", "10115"],
    ["NL", "1012 AB"],
    ["SE", "113 46"],
    ["IE", "D02 AF30"],
    ["JP", "100-0001"],
    ["BR", "01310-100"],
    ["AR", "C1070AAM"],
    ["IN", "110001"],
    ["KR", "03051"],
    ["KH", "120101"],
    ["PT", "1250-096"],
  ])("of %s may be %s", (country, code) => {
    expect(looksLikePostalCode(code, country)).toBe(true);
  });
  test.each([
    ["GB", "0000"],
    ["US", "1234"],
    ["DE", "1011"],
    ["DE", "CH-8001"],
    ["NL", "10123"],
  ])("of %s is not %s", (country, code) => {
    expect(looksLikePostalCode(code, country)).toBe(false);
  });
  test("is not looked at where there is none", () => {
    expect(looksLikePostalCode("00000", "AE")).toBe(true);
  });
});

describe("what a country wants", () => {
  test.each([
    ["postalCode", "GB", "required"],
    ["postalCode", "IE", "optional"],
    ["postalCode", "AE", "unused"],
    ["region", "US", "required"],
    ["region", "AE", "optional"],
    ["region", "GB", "unused"],
  ] as const)("of %s in %s is %s", (field, country, use) => {
    expect(useOf(field, country)).toBe(use);
  });
  test("is known of every country", () => {
    const uses = COUNTRIES.map((country) => `${useOf("postalCode", country)} ${useOf("region", country)}`);

    expect(Object.fromEntries([...Map.groupBy(uses, (each) => each)].map(([use, all]) => [use, all.length]))).toEqual({
      "required required": 19,
      "required optional": 8,
      "required unused": 47,
      "optional required": 8,
      "optional optional": 29,
      "optional unused": 68,
      "unused required": 2,
      "unused optional": 9,
      "unused unused": 59,
    });
  });
});
