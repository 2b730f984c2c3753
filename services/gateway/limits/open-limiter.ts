import type { ServiceBroker } from "moleculer";
import type { RateLimits } from "../../../contract/route-classes.ts";
import { RateLimiter } from "./rate-limiter.ts";
import { SharedCounter } from "./shared-counter.ts";

export interface LimitOptions extends RateLimits {
  /** Milliseconds for which a request waits for Redis, at most; 50 by default. */
  patienceMs?: number;
}

export interface OpenLimiter {
  limiter: RateLimiter;
  /** Settles when counts are shared, where they are to be, or after a second. */
  ready(): Promise<void>;
  close(): void;
}

export function openLimiter(options: LimitOptions | undefined, log: ServiceBroker["logger"]): OpenLimiter {
  const { classes = {}, redisUrl, redisCa: ca, prefix = "", patienceMs } = options ?? {};
  if (redisUrl === undefined) return { limiter: new RateLimiter(classes), ready: async () => {}, close: () => {} };
  const shared = new SharedCounter({ url: redisUrl, ca, prefix, log, ...(patienceMs && { patienceMs }) });
  return { limiter: new RateLimiter(classes, shared), ready: () => shared.ready(), close: () => shared.close() };
}
