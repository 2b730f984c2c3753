import { expect, test } from "@jest/globals";
import { gather } from "./gather.ts";

/** A gathered function whose batches the test lets run one by one. */
function heldBack() {
  const batches: number[][] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const run = async (requests: readonly number[]) => {
    batches.push([...requests]);
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
    return requests.map((request) => request * 10);
  };
  const open = async () => {
    while (gates.length === 0) await Promise.resolve();
    gates.shift()?.resolve();
  };
  return { batches, run, open };
}

test("a lone request starts at once, alone", async () => {
  const { batches, run, open } = heldBack();
  const ask = gather(run);

  const answer = ask(1);
  expect(batches).toEqual([[1]]);
  await open();

  expect(await answer).toBe(10);
});

test("what arrives while a batch is under way is the next batch", async () => {
  const { batches, run, open } = heldBack();
  const ask = gather(run);

  const first = ask(1);
  const others = [ask(2), ask(3), ask(4)];
  await open();
  await first;
  await open();

  expect(await Promise.all(others)).toEqual([20, 30, 40]);
  expect(batches).toEqual([[1], [2, 3, 4]]);
});

test("a batch has a largest size", async () => {
  const batches: number[][] = [];
  const ask = gather(
    async (requests: readonly number[]) => {
      batches.push([...requests]);
      return requests.map((n) => n);
    },
    { batch: 2 },
  );

  await Promise.all([1, 2, 3, 4].map((n) => ask(n)));

  expect(batches).toEqual([[1], [2, 3], [4]]);
});

test("one more than may wait is refused at once", async () => {
  const { run, open } = heldBack();
  const ask = gather(run, { queue: 1 });

  const first = ask(1);
  const second = ask(2);

  await expect(ask(3)).rejects.toMatchObject({ code: 503, type: "OVERLOADED" });
  await open();
  await first;
  await open();
  expect(await second).toBe(20);
});

test("an Error among the answers is one request's own", async () => {
  const ask = gather(async (requests: readonly number[]) => requests.map((n) => (n === 2 ? new Error("not two") : n)));

  const outcomes = await Promise.allSettled([ask(1), ask(2), ask(3)]);

  expect(outcomes.map((outcome) => outcome.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("a batch that throws is tried one by one, so that only the guilty pays", async () => {
  const batches: number[][] = [];
  const ask = gather(async (requests: readonly number[]) => {
    batches.push([...requests]);
    if (requests.includes(3)) throw new Error("three");
    return requests.map((n) => n);
  });

  const outcomes = await Promise.allSettled([ask(1), ask(2), ask(3), ask(4)]);

  expect(outcomes.map((outcome) => outcome.status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  expect(batches).toEqual([[1], [2, 3, 4], [2], [3], [4]]);
});

test("a database that is down fails the batch once, instead of once for each", async () => {
  let runs = 0;
  const ask = gather(async () => {
    runs++;
    throw new Error("Connection terminated unexpectedly");
  });

  const outcomes = await Promise.allSettled([ask(1), ask(2), ask(3)]);

  expect(outcomes.every((outcome) => outcome.status === "rejected")).toBe(true);
  expect(runs).toBe(2);
});
