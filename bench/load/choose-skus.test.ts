import { expect, test } from "@jest/globals";
import { chooseSkus } from "./choose-skus.ts";

const SKUS = ["mug", "teapot", "lantern", "apron"];
const orders = (oneSku: boolean) => Array.from({ length: 120 }, (_, number) => chooseSkus(SKUS, number, oneSku));

test("takes two different SKUs, and every SKU equally often", () => {
  const chosen = orders(false);

  expect(chosen.every(([first, second]) => first !== second)).toBe(true);
  const counts = SKUS.map((sku) => chosen.flat().filter((each) => each === sku).length);
  expect(counts).toEqual([60, 60, 60, 60]);
});

test("puts the same SKU into every order when all want one", () => {
  const chosen = orders(true);

  expect(chosen.every(([first, second]) => first === "mug" && second !== "mug")).toBe(true);
});
