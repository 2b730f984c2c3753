import { expect, test } from "@jest/globals";
import { limitOf, othersOf } from "./verdict.ts";

const busy = { node: 0.5, postgres: 0.4, load: 0.3, machine: 1.3 };

test("names what was full: the shop's thread before the machine, else the waiting", () => {
  expect(limitOf({ clients: 64, busy: { ...busy, node: 0.97, machine: 1.95 } }, 2)).toContain("JavaScript thread");
  expect(limitOf({ clients: 64, busy: { ...busy, machine: 1.95 } }, 2)).toContain(
    "2 cores, all busy (shop 0.50, Postgres 0.40, load 0.30, others 0.75)",
  );
  expect(limitOf({ clients: 64, busy }, 2)).toContain("durable commits");
  expect(limitOf({ clients: 1, busy }, 2)).toContain("one after the other");
});

test("leaves to others what is not accounted for, and guesses nothing", () => {
  expect(othersOf(busy)).toBeCloseTo(0.1);
  expect(othersOf({ ...busy, machine: 1 })).toBe(0);
  expect(othersOf({ ...busy, postgres: undefined })).toBeUndefined();
});
