// Counts of this process alone: where there is no Redis, and while it does not answer.
import { BoundedMap } from "./bounded-map.ts";

/** `hits` in the window so far, this one among them; milliseconds until the window ends. */
export interface Count {
  hits: number;
  msLeft: number;
}

/** Keys of one allowance, at most: some 4 MB. */
export const MOST_KEYS = 20_000;

export class MemoryCounter {
  readonly #windows: BoundedMap<{ hits: number; until: number }>;
  readonly #now: () => number;

  /** @param now milliseconds on a clock that only goes forward */
  constructor(now: () => number, most = MOST_KEYS) {
    this.#now = now;
    this.#windows = new BoundedMap(most);
  }

  hit(key: string, seconds: number): Count {
    const now = this.#now();
    const window = this.#windows.get(key);
    if (window !== undefined && window.until > now) return { hits: ++window.hits, msLeft: window.until - now };
    this.#windows.set(key, { hits: 1, until: now + seconds * 1_000 });
    return { hits: 1, msLeft: seconds * 1_000 };
  }
}
