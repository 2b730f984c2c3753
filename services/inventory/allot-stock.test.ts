import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { allotStock } from "./allot-stock.ts";

const level = (sku: string, onHand: number, reserved = 0) => ({ sku, onHand, reserved });
const wish = (orderId: string, ...lines: [string, number][]) => ({
  orderId,
  lines: lines.map(([sku, quantity]) => ({ sku, quantity })),
});

test("gives the last mug to the first who asked and refuses the second", () => {
  const [first, second] = allotStock([level("MUG", 1)], [wish("ada", ["MUG", 1]), wish("bob", ["MUG", 1])]);

  expect(first?.status).toBe("HELD");
  expect(second).toEqual({
    orderId: "bob",
    status: "REFUSED",
    shortages: [{ sku: "MUG", requested: 1, available: 0 }],
  });
});

test("a refused order takes nothing from the one after it", () => {
  const levels = [level("MUG", 1), level("TEAPOT", 0)];

  const [greedy, modest] = allotStock(levels, [wish("ada", ["MUG", 1], ["TEAPOT", 1]), wish("bob", ["MUG", 1])]);

  expect(greedy?.status).toBe("REFUSED");
  expect(modest?.status).toBe("HELD");
});

test("several lines of one SKU are weighed together", () => {
  const [answer] = allotStock([level("MUG", 3)], [wish("ada", ["MUG", 2], ["MUG", 2])]);

  expect(answer).toMatchObject({ status: "REFUSED", shortages: [{ sku: "MUG", requested: 4, available: 3 }] });
});

test("what is reserved for others is not available", () => {
  const [answer] = allotStock([level("MUG", 5, 4)], [wish("ada", ["MUG", 2])]);

  expect(answer?.status).toBe("REFUSED");
});

test("an unknown SKU has nothing to give", () => {
  expect(allotStock([], [wish("ada", ["MUG", 1])])[0]?.status).toBe("REFUSED");
});

test("never gives more than there is, whatever is asked", () => {
  const lines = fc.array(fc.tuple(fc.constantFrom("A", "B", "C"), fc.integer({ min: 1, max: 5 })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 20 }), fc.integer({ min: 0, max: 20 }), (orders, stock) => {
      const levels = ["A", "B", "C"].map((sku) => level(sku, stock));
      const held = allotStock(
        levels,
        orders.map((each, i) => wish(String(i), ...each)),
      ).flatMap((answer) => (answer.status === "HELD" ? answer.lines : []));
      for (const sku of ["A", "B", "C"]) {
        const given = held.filter((line) => line.sku === sku).reduce((total, line) => total + line.quantity, 0);
        expect(given).toBeLessThanOrEqual(stock);
      }
    }),
  );
});
