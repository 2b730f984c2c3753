// Long work on many things, a little at a time: between two portions those who browse and order have their turn.
import { setImmediate as others } from "node:timers/promises";

/** A request that comes meanwhile waits for this long at most, and for one thing more. */
const PORTION_MS = 8;

export async function inPortions<T>(things: Iterable<T>, work: (thing: T) => void): Promise<void> {
  let until = performance.now() + PORTION_MS;
  for (const thing of things) {
    work(thing);
    if (performance.now() < until) continue;
    await others();
    until = performance.now() + PORTION_MS;
  }
}
