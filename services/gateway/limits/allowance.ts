// What one kind of asker may ask of one class of routes: so many requests in a window, by a key that names the asker.
import { BoundedMap } from "./bounded-map.ts";
import { type Count, MemoryCounter, MOST_KEYS } from "./memory-counter.ts";
import type { SharedCounter } from "./shared-counter.ts";

export interface Quota {
  requests: number;
  seconds: number;
}

/** What one request left of an allowance. */
export interface Taken {
  allowance: Allowance;
  remaining: number;
  /** Until the window ends. */
  msLeft: number;
  refused: boolean;
  /** The first refusal of this asker in this window. */
  isNews: boolean;
}

export class Allowance {
  /** As it stands in the headers, such as `checkout-user`. */
  readonly name: string;
  readonly quota: Quota;
  readonly #memory: MemoryCounter;
  readonly #shared: SharedCounter | undefined;
  readonly #now: () => number;
  /** Key -> until when. Whoever has nothing left is refused from here, whatever counts. */
  readonly #closed = new BoundedMap<number>(MOST_KEYS);

  /** @param now milliseconds on a clock that only goes forward */
  constructor(name: string, quota: Quota, now: () => number, shared?: SharedCounter) {
    this.name = name;
    this.quota = quota;
    this.#now = now;
    this.#memory = new MemoryCounter(now);
    this.#shared = shared;
  }

  /** Undefined for who may still ask, as far as this process knows. Costs one look and counts nothing. */
  closedTo(key: string): Taken | undefined {
    const until = this.#closed.get(key);
    if (until === undefined) return undefined;
    const msLeft = until - this.#now();
    if (msLeft > 0) return { allowance: this, remaining: 0, msLeft, refused: true, isNews: false };
    this.#closed.delete(key);
    return undefined;
  }

  /** Counts one request. Never rejects. */
  async take(key: string): Promise<Taken> {
    const { requests, seconds } = this.quota;
    const shared = this.#shared && (await this.#shared.hit(`${this.name}:${key}`, seconds));
    const { hits, msLeft }: Count = shared ?? this.#memory.hit(key, seconds);
    const refused = hits > requests;
    const isNews = refused && this.closedTo(key) === undefined;
    if (isNews) this.#closed.set(key, this.#now() + msLeft);
    return { allowance: this, remaining: Math.max(0, requests - hits), msLeft, refused, isNews };
  }
}
