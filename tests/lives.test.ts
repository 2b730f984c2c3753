import { expect, test } from "@jest/globals";
import { RESERVATION_LIFE } from "../services/inventory/reservation-states.ts";
import { ORDER_LIFE } from "../services/orders/order-states.ts";
import { INTENT_LIFE } from "../services/payments/intent-states.ts";

type AnyLife = Record<string, Partial<Record<string, string>>>;
const lives: [string, AnyLife, string, string[]][] = [
  ["order", ORDER_LIFE, "PENDING", ["CONFIRMED", "REJECTED", "PAYMENT_FAILED", "EXPIRED"]],
  // A refused reservation never held anything, so no event leads to REFUSED from a hold.
  [
    "reservation",
    { ...RESERVATION_LIFE, HELD: { ...RESERVATION_LIFE.HELD, refuse: "REFUSED" } },
    "HELD",
    ["RELEASED", "REFUSED"],
  ],
  ["payment intent", INTENT_LIFE, "PROCESSING", ["FAILED", "CANCELED"]],
];

const reachable = (life: AnyLife, from: string): Set<string> => {
  const seen = new Set([from]);
  for (const state of seen) for (const next of Object.values(life[state] ?? {})) if (next) seen.add(next);
  return seen;
};

test.each(lives)("every state of an %s can be reached from its first", (_, life, first) => {
  expect([...reachable(life, first)].sort()).toEqual(Object.keys(life).sort());
});

test.each(lives)("an %s can come to an end from every state, and only ends are ends", (_, life, _first, ends) => {
  for (const state of Object.keys(life)) {
    const reached = [...reachable(life, state)];
    const final = reached.filter((each) => Object.keys(life[each] ?? {}).length === 0);
    expect(final.length).toBeGreaterThan(0);
    expect(ends).toEqual(expect.arrayContaining(final));
  }
});
