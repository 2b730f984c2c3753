import { expect, test } from "@jest/globals";
import { limitConcurrency } from "./limit-concurrency.ts";

/** Work that ends when it is told to, and the order in which it began. */
function bench(limits: { running: number; waiting: number }) {
  const limiter = limitConcurrency(limits);
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (whose: string, name: string) =>
    limiter(whose, () => {
      began.push(name);
      return new Promise<string>((resolve) => ends.push(() => resolve(name)));
    });
  const endAll = async () => {
    while (ends.length > 0) {
      ends.shift()?.();
      await new Promise(setImmediate);
    }
  };
  return { ask, began, endAll };
}

test("networks take turns, and each its own in the order that it asked", async () => {
  const { ask, began, endAll } = bench({ running: 1, waiting: 10 });
  const all = [ask("a", "a1"), ask("a", "a2"), ask("a", "a3"), ask("a", "a4"), ask("b", "b1"), ask("b", "b2")];

  await endAll();
  await Promise.all(all);

  expect(began).toEqual(["a1", "a2", "b1", "a3", "b2", "a4"]);
});

test("where no more may wait, the last of who has most waiting gives up its place", async () => {
  const { ask, began, endAll } = bench({ running: 1, waiting: 3 });
  const all = ["a1", "a2", "a3", "a4"].map((name) => ask("a", name));
  const tooMany = ask("a", "a5");
  const other = ask("b", "b1");
  const outcomes = Promise.allSettled([...all, tooMany, other]);

  await endAll();

  expect((await outcomes).map((each) => (each.status === "fulfilled" ? each.value : each.reason.type))).toEqual([
    "a1",
    "a2",
    "a3",
    "OVERLOADED",
    "OVERLOADED",
    "b1",
  ]);
  expect(began).toEqual(["a1", "a2", "b1", "a3"]);
});

test("work that fails gives its place on", async () => {
  const limiter = limitConcurrency({ running: 1, waiting: 1 });
  const failing = limiter("a", () => Promise.reject(new Error("no")));
  const after = limiter("b", async () => "done");

  await expect(failing).rejects.toThrow("no");
  expect(await after).toBe("done");
  expect(await limiter("c", async () => "free again")).toBe("free again");
});
