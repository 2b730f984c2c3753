import { setTimeout as pause } from "node:timers/promises";

export type WaitOptions = { what: string; withinMs: number; everyMs?: number };

/**
 * Asks again and again until the answer is something, and returns it.
 * Throws when `withinMs` have passed; an error of `ask` itself ends the wait at once.
 */
export async function waitUntil<T>(
  ask: () => T | Promise<T>,
  { what, withinMs, everyMs = 20 }: WaitOptions,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) {
      return answer as Exclude<T, false | null | undefined>;
    }
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${withinMs} ms`);
    await pause(everyMs);
  }
}
