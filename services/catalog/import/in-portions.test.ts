import { monitorEventLoopDelay } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { checkItems } from "./check-items.ts";
import { inPortions } from "./in-portions.ts";
import { readCsv } from "./read-csv.ts";

test("every thing has its turn, in order, and others have theirs between them", async () => {
  const done: number[] = [];
  let turns = 0;
  let over = false;
  const watching = (async () => {
    while (!over) {
      await turn();
      turns++;
    }
  })();

  await inPortions([1, 2, 3, 4], (each) => {
    done.push(each);
    const until = performance.now() + 10;
    while (performance.now() < until);
  });
  over = true;
  await watching;

  expect(done).toEqual([1, 2, 3, 4]);
  expect(turns).toBeGreaterThanOrEqual(3);
});

test("ten thousand rows are read and checked without holding up anybody for long", async () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => `plate-${i},Plate ${i},PLATE-${i},12.50,GBP`);
  const csv = `slug,title,sku,price,currency\n${rows.join("\n")}\n`;
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();

  const { candidates, errors } = await checkItems(await readCsv(csv));

  delays.disable();
  expect([candidates.length, errors.length]).toEqual([10_000, 0]);
  // At once it took 270 ms; what is left is a portion, and the collector of garbage on a busy machine.
  expect(delays.percentile(90) / 1e6).toBeLessThan(60);
});
