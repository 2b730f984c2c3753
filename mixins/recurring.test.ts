import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Service } from "moleculer";
import { until } from "../tests/support/until.ts";
import { type Bell, newBell, recurringMixin } from "./recurring.mixin.ts";

const HOUR = 3_600_000;
let runs: number;
let fails: boolean;
let errors: string[];
let bell: Bell;
let work: { started: () => Promise<void>; stopped: () => Promise<void> };

beforeEach(async () => {
  [runs, fails, errors, bell] = [0, false, [], newBell()];
  const mixin = recurringMixin({
    name: "counting",
    everyMs: HOUR,
    bell,
    async run() {
      runs++;
      if (fails) throw new Error("it broke");
    },
  });
  const service = { logger: { error: (message: string) => errors.push(message) } } as unknown as Service;
  const { started, stopped } = mixin as { started: () => Promise<void>; stopped: () => Promise<void> };
  work = { started: () => started.call(service), stopped: () => stopped.call(service) };
  await work.started();
});
afterEach(() => work.stopped());

test("one ring has the work looked for at once, and again for what was not committed yet", async () => {
  bell.ring();

  await until("three runs within an hour", () => runs >= 3);
});

test("who rings without end does not keep the work from being done", async () => {
  await until("three runs under ringing", () => {
    bell.ring();
    return runs >= 3;
  });
});

test("a run that fails is said so, and followed by the next", async () => {
  fails = true;

  bell.ring();
  await until("two failed runs", () => runs >= 2);

  expect(errors.slice(0, 1)).toEqual(["counting failed: it broke"]);
});

test("once stopped, nothing rings it awake", async () => {
  await work.stopped();
  const before = runs;
  const spoken = Promise.withResolvers<void>();

  bell.ring();
  setTimeout(spoken.resolve, 20);
  await spoken.promise;

  expect(runs).toBe(before);
});
