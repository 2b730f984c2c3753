import { setTimeout as pause } from "node:timers/promises";

/** Long enough to leave the machine to what is waited for. */
const EVERY_MS = 5;

/** Looks again and again until the condition holds. @throws Error naming what did not happen in time */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const result = await condition();
    if (result !== undefined && result !== false) return result;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await pause(EVERY_MS);
  }
}
