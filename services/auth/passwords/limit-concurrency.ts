import { overloaded } from "../errors.ts";

export interface ConcurrencyLimits {
  running: number;
  waiting: number;
}

/** Runs work when its turn has come. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Lets so many pieces of work run at once and so many wait; one more is OVERLOADED (503). Hashing takes a core and
 * megabytes each: without a limit, a flood of logins would starve everything else in the process.
 */
export function limitConcurrency({ running, waiting }: ConcurrencyLimits): Limiter {
  const queue: (() => void)[] = [];
  let free = running;

  return async (work) => {
    if (free > 0) free--;
    else {
      if (queue.length >= waiting) throw overloaded();
      await new Promise<void>((resolve) => queue.push(resolve));
    }
    try {
      return await work();
    } finally {
      // The place goes straight to the next in line, so that nobody overtakes.
      const next = queue.shift();
      if (next) next();
      else free++;
    }
  };
}
