// Work that a service looks for at intervals, on every node; the work itself decides who gets which row. One run at a
// time, the next a pause after the last has ended, and stopping waits for the run that is under way.
import type { Service, ServiceSchema } from "moleculer";

export interface Recurring {
  name: string;
  /** Pause between two runs, in milliseconds. */
  everyMs: number;
  run: (service: Service) => Promise<unknown>;
  bell?: Bell;
}

/** Rung in this process when there is work soon: a hint that spares it the pause, never a promise. */
export interface Bell {
  ring: () => void;
}

export const newBell = (): Bell => ({ ring: () => {} });

/**
 * Whoever rings may do so before the transaction that makes the work has ended. So the pauses begin short and double, until
 * they are what they were.
 */
const SHORTEST_PAUSE_MS = 5;

export function recurringMixin({ name, everyMs, run, bell = newBell() }: Recurring): Partial<ServiceSchema> {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  const shortest = Math.min(SHORTEST_PAUSE_MS, everyMs);
  let pause = everyMs;

  function schedule(service: Service): void {
    if (stopped) return;
    timer = setTimeout(() => {
      timer = undefined;
      pause = Math.min(pause * 2, everyMs);
      running = run(service)
        .then(() => {})
        // The next run comes in any case: work that fails once must not be given up silently.
        .catch((error: Error) => service.logger.error(`${name} failed: ${error.message}`))
        .finally(() => schedule(service));
    }, pause);
  }

  return {
    async started(this: Service) {
      stopped = false;
      schedule(this);
      bell.ring = () => {
        // Rung already: to begin the pause anew each time would put the work off for as long as somebody rings.
        if (pause === shortest) return;
        pause = shortest;
        // During a run there is no timer: the pause after it is the short one.
        if (timer === undefined) return;
        clearTimeout(timer);
        schedule(this);
      };
    },
    async stopped() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
