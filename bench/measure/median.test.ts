import { expect, test } from "@jest/globals";
import { median } from "./median.ts";

test("is the middle one whatever the order, and midway between two", () => {
  expect(median([9, 1, 10])).toBe(9);
  expect(median([10, 2, 4, 3])).toBe(3.5);
  expect(median([7])).toBe(7);
});

test("knows none of nothing", () => {
  expect(median([])).toBeNaN();
});
