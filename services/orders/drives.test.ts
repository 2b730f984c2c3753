import { expect, test } from "@jest/globals";
import { DRIVES } from "./drives.ts";
import { ORDER_LIFE, ORDER_STATES } from "./order-states.ts";

test("every state that an order is placed in, or waits in, is driven, and no end is", () => {
  const driven = ORDER_STATES.filter((state) => DRIVES[state] !== undefined);

  expect(driven).toEqual(["PENDING", "AWAITING_PAYMENT"]);
  expect(driven.filter((state) => Object.keys(ORDER_LIFE[state]).length === 0)).toEqual([]);
});
