import { expect, test } from "@jest/globals";
import { percentile } from "./percentile.ts";

const hundred = Array.from({ length: 100 }, (_, i) => i + 1);

test("is the value at the nearest rank", () => {
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile(hundred, 1)).toBe(100);
  expect(percentile([7, 9], 0.5)).toBe(7);
});

test("takes the only value there is, and knows none of nothing", () => {
  expect(percentile([3], 0.99)).toBe(3);
  expect(percentile([3], 0)).toBe(3);
  expect(percentile([], 0.5)).toBeNaN();
});
