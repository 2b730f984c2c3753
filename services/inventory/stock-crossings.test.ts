import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { crossingsBetween, crossingsOf, type Move } from "./stock-crossings.ts";
import { stockStepOf } from "./stock-steps.ts";

const now = new Date("2026-03-01T12:00:00Z");
const level = (onHand: number, reserved = 0, version = 7) => ({ sku: "MUG", onHand, reserved, version });
const asked = (by: number, correlationId: string): Move => ({
  sku: "MUG",
  by,
  origin: { correlationId, causationId: correlationId, traceparent: null },
});

test.each([
  [6, 5, []],
  [5, 4, ["low_stock"]],
  [4, 1, []],
  [1, 0, ["out_of_stock"]],
  [5, 0, ["low_stock", "out_of_stock"]],
  [0, 0, []],
  [0, 1, ["back_in_stock"]],
  [0, 5, ["back_in_stock"]],
  [1, 4, []],
  [4, 5, []],
])("from %i to %i available passes %j", (before, after, crossings) => {
  expect(crossingsBetween(before, after)).toEqual(crossings);
});

test("a crossing says what is left and takes the level's next version", () => {
  const crossings = crossingsOf([level(9, 2)], [asked(-7, "ada")], now);

  expect(crossings).toMatchObject([
    { type: "inventory.low_stock", aggregateId: "MUG", aggregateVersion: 8, data: { sku: "MUG", available: 0 } },
    { type: "inventory.out_of_stock", aggregateId: "MUG", aggregateVersion: 9, data: { sku: "MUG", available: 0 } },
  ]);
});

test("each crossing names the request that passed the step, not the last of its batch", () => {
  const moves = [asked(-1, "ada"), asked(-1, "bob"), asked(-4, "cleo"), asked(3, "dan"), asked(-3, "eve")];

  const crossings = crossingsOf([level(6)], moves, now);

  expect(crossings.map(({ type, origin }) => [type, origin?.correlationId])).toEqual([
    ["inventory.low_stock", "bob"],
    ["inventory.out_of_stock", "eve"],
  ]);
});

test("a dip that the same transaction makes good tells nobody", () => {
  expect(crossingsOf([level(9)], [asked(-9, "ada"), asked(4, "bob"), asked(4, "cleo")], now)).toEqual([]);
});

test("a level that nobody moves tells nothing", () => {
  expect(crossingsOf([level(0), { ...level(3), sku: "TEAPOT" }], [], now)).toEqual([]);
});

test("holds tell the same crossings with the same origins however they are gathered", () => {
  const holds = fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.boolean()), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(holds, fc.integer({ min: 0, max: 30 }), (wanted, stock) => {
      const batches: Move[][] = [[]];
      let left = stock;
      for (const [i, [quantity, isLast]] of wanted.entries()) {
        if (quantity > left) continue;
        left -= quantity;
        batches.at(-1)?.push(asked(-quantity, `request ${i}`));
        if (isLast) batches.push([]);
      }
      const tell = (each: readonly Move[][]) => {
        let current = level(stock);
        return each.flatMap((moves) => {
          const told = crossingsOf([current], moves, now);
          const reserved = current.reserved - moves.reduce((sum, { by }) => sum + by, 0);
          current = { ...current, reserved, version: current.version + told.length };
          return told.map(({ type, aggregateVersion, origin }) => ({ type, aggregateVersion, origin }));
        });
      };

      expect(tell(batches)).toEqual(tell([batches.flat()]));
    }),
  );
});

test("what is told agrees with what the public is answered", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }), (before, after) => {
      const told = crossingsBetween(before, after);

      expect(told.includes("out_of_stock")).toBe(stockStepOf(before) !== "OUT" && stockStepOf(after) === "OUT");
      expect(told.includes("back_in_stock")).toBe(stockStepOf(before) === "OUT" && stockStepOf(after) !== "OUT");
    }),
  );
});
