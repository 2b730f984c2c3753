import { expect, test } from "@jest/globals";
import { toldOnce } from "./order-history.ts";

const NOON = new Date("2026-03-01T12:00:00Z");
const LATER = new Date("2026-03-01T12:05:00Z");
const step = (type: string, at: Date, data: Record<string, unknown> = {}, actorId: string | null = null) => ({
  ...{ type, at, data, actorId },
});

test("a step that is told again is told as it was first", () => {
  const first = step("stock_reserved", NOON);
  const waiting = step("awaiting_payment", NOON);

  expect(toldOnce([first, waiting, step("stock_reserved", LATER), step("confirmed", LATER)])).toEqual([
    first,
    waiting,
    step("confirmed", LATER),
  ]);
});

test("steps that differ in what they say, or in who took them, are all told", () => {
  const steps = [
    step("payment_authorized", NOON, { amount: 500, currency: "GBP" }),
    step("payment_authorized", NOON, { amount: 900, currency: "GBP" }),
    step("payment_authorized", NOON, { amount: 900, currency: "GBP" }, "a clerk"),
  ];

  expect(toldOnce(steps)).toEqual(steps);
});
