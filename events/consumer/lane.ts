// One after the other: applies what a group wants of a partition, together where it can. A batch that fails is taken apart, so
// that the one event at fault is found; it is tried again after growing pauses, and after its attempts it is parked and the
// rest goes on. A database that is away costs no attempt: the lane says when it wants to be asked again.
import { DatabaseError } from "pg";
import { isOutage, isRetryable } from "../../database/postgres-errors.ts";
import type { Delivery } from "../envelope.ts";
import { isReadable } from "../envelope.ts";
import type { Received } from "../subscription.ts";
import { applyEvents, StaleGeneration } from "./apply-events.ts";
import { jittered } from "./backoff.ts";
import type { ConsumerGroup } from "./consumer-group.ts";
import { park } from "./park.ts";

export interface Progress {
  /** So many of the deliveries, from the first on, are applied or parked and need not come again. */
  settled: number;
  /** Come again with the rest after so many milliseconds; 0 when all is settled. */
  pauseMs: number;
  /** The group has been rewound since the lane began: start again from the beginning, with a new lane. */
  rewound?: true;
}

export class Lane {
  readonly #group: ConsumerGroup;
  readonly #topic: string;
  readonly #generation: number;
  /** So many of the next events are applied alone: the one at fault is among them. */
  #alone = 0;
  /** Failed attempts at the event that is next. */
  #failures = 0;

  constructor(group: ConsumerGroup, topic: string, generation: number) {
    this.#group = group;
    this.#topic = topic;
    this.#generation = generation;
  }

  /** Never throws. */
  async apply(deliveries: readonly Delivery[]): Promise<Progress> {
    let settled = 0;
    try {
      while (settled < deliveries.length) {
        const progress = await this.#step(deliveries, settled);
        if (typeof progress !== "number") return { settled, ...progress };
        settled += progress;
      }
      return { settled, pauseMs: 0 };
    } catch (error) {
      if (error instanceof StaleGeneration) return { settled, pauseMs: 0, rewound: true };
      const { name, log, backoff } = this.#group;
      log.warn(`${name} waits for its database: ${(error as Error).message}`);
      return { settled, pauseMs: jittered(backoff.outageMs) };
    }
  }

  /** @returns how many were settled, or after what pause to try again. @throws what only time can mend */
  async #step(deliveries: readonly Delivery[], from: number): Promise<number | { pauseMs: number }> {
    const head = deliveries[from] as Delivery;
    const first = this.#group.read(head);
    if (typeof first === "string") {
      await this.#park(head, 1, first);
      return 1;
    }
    const run = this.#alone > 0 ? [first] : this.#runFrom(deliveries, from, first);
    try {
      await applyEvents(this.#group, run, { topic: this.#topic, generation: this.#generation });
      this.#alone = Math.max(0, this.#alone - 1);
      this.#failures = 0;
      return run.length;
    } catch (error) {
      if (isPassing(error)) throw error;
      if (run.length > 1) {
        this.#alone = run.length;
        return 0;
      }
      return this.#fail(head, error as Error);
    }
  }

  /** The longest run of sound events. */
  #runFrom(deliveries: readonly Delivery[], from: number, first: Received): Received[] {
    const events = [first];
    for (const delivery of deliveries.slice(from + 1)) {
      const event = this.#group.read(delivery);
      if (typeof event === "string") break;
      events.push(event);
    }
    return events;
  }

  async #fail(delivery: Delivery, error: Error): Promise<number | { pauseMs: number }> {
    const { backoff } = this.#group;
    this.#failures++;
    // Found: what follows it may go together again.
    this.#alone = 1;
    if (this.#failures < backoff.attempts) {
      return { pauseMs: jittered(Math.min(backoff.mostMs, backoff.firstMs * 2 ** (this.#failures - 1))) };
    }
    await this.#park(delivery, this.#failures, error.message);
    this.#alone = 0;
    this.#failures = 0;
    return 1;
  }

  async #park(delivery: Delivery, attempts: number, reason: string): Promise<void> {
    const { name, log } = this.#group;
    await park(this.#group, delivery, { attempts, reason });
    log.error(`${name} parked ${isReadable(delivery) ? `${delivery.type} ${delivery.id}` : delivery.id}: ${reason}`);
  }
}

const LOCK_NOT_AVAILABLE = "55P03";
/** A statement that ran out of its time may be this event's own fault, so it counts as an attempt. */
const QUERY_CANCELED = "57014";

/** Would pass by itself: the database is away or busy, or the group was rewound. The event is not to blame. */
function isPassing(error: unknown): boolean {
  if (error instanceof StaleGeneration) return true;
  const code = error instanceof DatabaseError ? error.code : undefined;
  if (code === QUERY_CANCELED) return false;
  return code === LOCK_NOT_AVAILABLE || isOutage(error) || isRetryable(error);
}
