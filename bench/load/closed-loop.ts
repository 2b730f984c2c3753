import { setTimeout as pause } from "node:timers/promises";

export interface Loop {
  clients: number;
  /** Time under load before anything is counted. */
  warmUpMs: number;
  measureMs: number;
}

export interface LoopOutcome<Reading> {
  /** Milliseconds of each success that ended in the measured time. */
  latencies: number[];
  /** Failures, the warm-up's among them. */
  errors: number;
  firstError: string | undefined;
  /** Measured time. */
  seconds: number;
  before: Reading;
  after: Reading;
}

/** So that a shop that has gone away is not hammered. */
const PAUSE_AFTER_ERROR_MS = 50;

/**
 * Each client sends its next request as soon as the one before is answered. Readings are taken under load, at both ends of
 * the measured time.
 * @param request is given a number that no other request has; it throws when the answer is not the wanted one
 */
export async function closedLoop<Reading>(
  { clients, warmUpMs, measureMs }: Loop,
  request: (number: number) => Promise<void>,
  read: () => Promise<Reading>,
): Promise<LoopOutcome<Reading>> {
  const latencies: number[] = [];
  let errors = 0;
  let firstError: string | undefined;
  let next = 0;
  let measuring = false;
  let over = false;

  async function client(): Promise<void> {
    while (!over) {
      const began = performance.now();
      try {
        await request(next++);
        if (measuring) latencies.push(performance.now() - began);
      } catch (error) {
        errors++;
        firstError ??= (error as Error).message;
        await pause(PAUSE_AFTER_ERROR_MS);
      }
    }
  }

  const all = Promise.all(Array.from({ length: clients }, client));
  try {
    await pause(warmUpMs);
    const before = await read();
    const began = performance.now();
    measuring = true;
    await pause(measureMs);
    measuring = false;
    const seconds = (performance.now() - began) / 1_000;
    const after = await read();
    return { latencies, errors, firstError, seconds, before, after };
  } finally {
    over = true;
    await all;
  }
}
