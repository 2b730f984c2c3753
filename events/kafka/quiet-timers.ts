import { createRequire } from "node:module";

interface RequestQueue {
  pending: unknown[];
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

let quiet = false;

/**
 * Keeps kafkajs 2.2 from arming timers in the past, a thousand a second and a warning of Node's: it schedules a look
 * at its queue even when nothing waits there and nobody throttles it.
 */
export function quietTimers(): void {
  if (quiet) return;
  quiet = true;
  const queue = createRequire(import.meta.url)("kafkajs/src/network/requestQueue/index.js") as {
    prototype: RequestQueue;
  };
  const schedule = queue.prototype.scheduleCheckPendingRequests;
  queue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}
