import { expect, test } from "@jest/globals";
import { productSlug } from "./bring-products.ts";

test("codes that differ only by case or by a sign have slugs of their own, the same in every run", () => {
  const codes = ["85123A", "85123a", "BANK CHARGES", "BANKCHARGES", "BANK-CHARGES", "gift_0001_20", "M", "m", "£", "$"];

  const slugs = codes.map(productSlug);

  expect(new Set(slugs).size).toBe(codes.length);
  expect(slugs).toEqual(codes.map(productSlug));
  expect(slugs.every((slug) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug))).toBe(true);
  expect(slugs[0]).toBe("online-retail-85123a");
});
