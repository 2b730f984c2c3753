// Work that a service looks for at intervals, on every node; the work itself decides who gets which row. One run at a
// time, the next a pause after the last has ended, and stopping waits for the run that is under way.
import type { Service, ServiceSchema } from "moleculer";

export interface Recurring {
  name: string;
  /** Pause between two runs, in milliseconds. */
  everyMs: number;
  run: (service: Service) => Promise<unknown>;
}

export function recurringMixin({ name, everyMs, run }: Recurring): Partial<ServiceSchema> {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  function schedule(service: Service): void {
    if (stopped) return;
    timer = setTimeout(() => {
      running = run(service)
        .then(() => {})
        // The next run comes in any case: work that fails once must not be given up silently.
        .catch((error: Error) => service.logger.error(`${name} failed: ${error.message}`))
        .finally(() => schedule(service));
    }, everyMs);
  }

  return {
    async started(this: Service) {
      stopped = false;
      schedule(this);
    },
    async stopped() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
