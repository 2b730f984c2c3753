import { expect, test } from "@jest/globals";
import { MAX_ATTEMPTS, retryDelay } from "./retry-delay.ts";

const SECOND = 1_000;
const HOUR = 3_600_000;

test("doubles with each attempt up to an hour", () => {
  const delays = [1, 2, 3, 10, 11, MAX_ATTEMPTS].map((attempts) => retryDelay(attempts, 1));

  expect(delays).toEqual([5 * SECOND, 10 * SECOND, 20 * SECOND, 2_560 * SECOND, HOUR, HOUR]);
});

test("spreads the mails of one outage over half of the delay", () => {
  expect([0, 0.5].map((random) => retryDelay(11, random))).toEqual([HOUR / 2, (HOUR * 3) / 4]);
});

test("gives up after about a day", () => {
  const waits = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, i) => retryDelay(i + 1, 0.5));

  const total = waits.reduce((sum, wait) => sum + wait, 0);

  expect(Math.round(total / HOUR)).toBeGreaterThanOrEqual(20);
  expect(Math.round(total / HOUR)).toBeLessThanOrEqual(28);
});
