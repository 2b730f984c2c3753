import { expect, test } from "@jest/globals";
import { mayMean, slipsBetween } from "./slips-between.ts";

test.each([
  ["procter", "procter", 0],
  ["procer", "procter", 1],
  ["lantren", "lantern", 1],
  ["proctor", "procter", 1],
  ["teapto", "teapot", 1],
  ["lanteerns", "lantern", 2],
  ["process", "procter", 3],
  ["", "mug", 3],
  ["mug", "", 3],
])("from %s to %s it is %i slips, and as many back", (one, other, slips) => {
  expect(slipsBetween(one, other)).toBe(slips);
  expect(slipsBetween(other, one)).toBe(slips);
});

test("a short word may have one slip, a longer one two", () => {
  expect([mayMean("heart", 1), mayMean("heart", 2), mayMean("hearts", 2), mayMean("hearts", 3)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});
