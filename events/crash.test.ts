// What a process loses that dies at the worst moment, and is started again: nothing, over either driver.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { warnWithoutStack } from "../tests/support/stack.ts";
import { DRIVERS } from "./testing/bridge-rig.ts";
import type { Outcome } from "./testing/crash-count.ts";
import { CRASH_POINTS, type CrashPoint } from "./testing/crash-points.ts";
import { crashAtEach } from "./testing/crash-run.ts";

warnWithoutStack();

const WITHIN_MS = 120_000;
/** Points of one row happen in one shop, one after the other; the rows side by side. */
const ROWS = {
  local: [CRASH_POINTS],
  kafka: [CRASH_POINTS.slice(0, 3), CRASH_POINTS.slice(3, 6), CRASH_POINTS.slice(6)],
};

const over: Promise<void>[] = [];
const outcomes = new Map<string, Promise<Outcome>>();
beforeAll(() => {
  for (const driver of DRIVERS) {
    for (const row of ROWS[driver]) {
      const run = crashAtEach(driver, row);
      for (const [point, outcome] of run.outcomes) outcomes.set(`${driver} ${point}`, outcome);
      over.push(run.over);
    }
  }
});

const table: string[] = [];
afterAll(async () => {
  await Promise.all(over);
  process.stderr.write(`${HEAD}\n${table.join("\n")}\n`);
}, WITHIN_MS);
const HEAD = `| the process dies | driver | committed | applied | parked | delivered again | lost |
|---|---|---|---|---|---|---|`;

describe.each(DRIVERS)("over the %s driver", (driver) => {
  test.each(CRASH_POINTS.map((point): [CrashPoint] => [point]))(
    "nothing is lost, doubled or out of order by a crash of the %s",
    async (point) => {
      const outcome = (await outcomes.get(`${driver} ${point}`)) as Outcome;

      const { committed, applied, parked, again, lost, twice, disordered } = outcome;
      table.push(`| ${point} | ${driver} | ${committed} | ${applied} | ${parked} | ${again} | ${lost} |`);
      expect({ lost, twice, disordered }).toEqual({ lost: 0, twice: 0, disordered: 0 });
      expect(committed).toBeGreaterThan(10);
    },
    WITHIN_MS,
  );
});
