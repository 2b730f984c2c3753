// The queue of one group for one topic. Bounded: an outbox whose events a group cannot take keeps them.

import type { ConsumerGroup } from "../consumer/consumer-group.ts";
import { Lane } from "../consumer/lane.ts";
import type { Envelope } from "../envelope.ts";
import { Wakeable } from "../outbox/wakeable.ts";

interface Waiting {
  /** Count of settled events at which it is over. */
  at: number;
  resolve: () => void;
  reject: (error: Error) => void;
}

const BATCH = 500;
const ROOM = 2_000;

export class LocalLane {
  readonly group: ConsumerGroup;
  readonly topic: string;
  readonly #wakeable = new Wakeable();
  #lane: Lane | undefined;
  #generation = 0;
  #queue: Envelope[] = [];
  #accepted = 0;
  #settled = 0;
  #waiting: Waiting[] = [];
  #draining: Promise<void> | undefined;

  constructor(group: ConsumerGroup, topic: string) {
    this.group = group;
    this.topic = topic;
  }

  /** False before it has begun, and from when it finds that its group was rewound until it begins anew. */
  get isCurrent(): boolean {
    return this.#lane !== undefined;
  }

  get length(): number {
    return this.#queue.length;
  }

  begin(generation: number): void {
    if (this.#lane !== undefined && this.#generation === generation) return;
    this.#generation = generation;
    this.#lane = new Lane(this.group, this.topic, generation);
  }

  /** Takes those of the events that the group wants. Resolves when they are settled. @throws when they must come again */
  accept(envelopes: readonly Envelope[]): Promise<void> {
    if (this.#lane === undefined || this.#wakeable.stopped) return Promise.reject(new Error("not consuming now"));
    const { wanted } = this.group.sift(envelopes, ({ type }) => type);
    if (wanted.length === 0) return Promise.resolve();
    this.#queue.push(...wanted);
    this.#accepted += wanted.length;
    const settled = this.#until(this.#accepted);
    this.#draining ??= this.#drain();
    return settled;
  }

  /** Resolves when the queue is short enough to take more. */
  hasRoom(): Promise<void> {
    return this.#until(this.#accepted - ROOM);
  }

  /** Resolves when nothing is queued. */
  idle(): Promise<void> {
    return this.#until(this.#accepted);
  }

  async stop(): Promise<void> {
    this.#wakeable.stop();
    await this.#draining;
    this.#giveBack(new Error("the process stops"));
  }

  #until(at: number): Promise<void> {
    if (this.#settled >= at) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {});
    this.#waiting.push({ at, resolve, reject });
    return promise;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0 && !this.#wakeable.stopped) {
      const { settled, pauseMs, rewound } = await (this.#lane as Lane).apply(this.#queue.slice(0, BATCH));
      this.#queue.splice(0, settled);
      this.#settled += settled;
      const over = this.#waiting.filter(({ at }) => at <= this.#settled);
      this.#waiting = this.#waiting.filter(({ at }) => at > this.#settled);
      for (const { resolve } of over) resolve();
      if (rewound) {
        this.#lane = undefined;
        this.#giveBack(new Error(`${this.group.name} was rewound`));
      }
      await this.#wakeable.sleep(pauseMs);
    }
    // In the same turn as the last look at the queue: what comes later begins anew.
    this.#draining = undefined;
  }

  #giveBack(reason: Error): void {
    this.#settled = this.#accepted;
    this.#queue = [];
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }
}
