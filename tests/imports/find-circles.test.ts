import { expect, test } from "@jest/globals";
import { findCircles } from "./find-circles.ts";

const circlesOf = (imports: Record<string, string[]>) => findCircles(new Map(Object.entries(imports)));

test("files that only stand on each other are in no circle", () => {
  expect(circlesOf({ roof: ["wall", "floor"], wall: ["floor"], floor: [] })).toEqual([]);
});

test("two that import each other are one, and so is a way back over many", () => {
  expect(circlesOf({ a: ["b"], b: ["a"], c: ["d"], d: ["e"], e: ["c", "a"] })).toEqual([
    ["a", "b"],
    ["c", "d", "e"],
  ]);
});

test("a file that imports itself is a circle of its own", () => {
  expect(circlesOf({ a: ["a"] })).toEqual([["a"]]);
});
