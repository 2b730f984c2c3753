import { overloaded } from "../errors.ts";

export interface ConcurrencyLimits {
  running: number;
  waiting: number;
}

/** Runs work when its turn has come. @param whose the network that asks */
export type Limiter = <T>(whose: string, work: () => Promise<T>) => Promise<T>;

interface Waiting {
  begin: () => void;
  giveUp: (error: Error) => void;
}

/**
 * Lets so many pieces of work run at once and so many wait. Hashing takes a core and megabytes each: without a limit, a flood of
 * logins would starve everything else in the process. Networks take turns, however much each of them asks for; and where no more
 * may wait, OVERLOADED (503) is for the last of the network that has most waiting. So whoever floods pays, and nobody else.
 */
export function limitConcurrency({ running, waiting }: ConcurrencyLimits): Limiter {
  // In the order of their turns.
  const queues = new Map<string, Waiting[]>();
  let free = running;
  let total = 0;

  function makeRoom(whose: string): void {
    const [largest, queue] = [...queues].reduce(
      (most, each) => (each[1].length > most[1].length ? each : most),
      ["", []],
    );
    if (queue.length <= (queues.get(whose)?.length ?? 0)) throw overloaded();
    take(largest, queue, queue.pop())?.giveUp(overloaded());
  }

  function take(whose: string, queue: Waiting[], taken: Waiting | undefined): Waiting | undefined {
    if (taken !== undefined) total--;
    if (queue.length === 0) queues.delete(whose);
    return taken;
  }

  function next(): Waiting | undefined {
    const [turn] = queues;
    if (turn === undefined) return undefined;
    const [whose, queue] = turn;
    queues.delete(whose);
    queues.set(whose, queue);
    return take(whose, queue, queue.shift());
  }

  function wait(whose: string): Promise<void> {
    if (total >= waiting) makeRoom(whose);
    return new Promise((begin, giveUp) => {
      const queue = queues.get(whose) ?? [];
      queues.set(whose, queue);
      queue.push({ begin, giveUp });
      total++;
    });
  }

  return async (whose, work) => {
    if (free > 0) free--;
    else await wait(whose);
    try {
      return await work();
    } finally {
      // The place goes straight to the next in line, so that nobody overtakes.
      const heir = next();
      if (heir) heir.begin();
      else free++;
    }
  };
}
