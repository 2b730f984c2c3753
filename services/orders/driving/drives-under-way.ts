// The drives of this process. A drive goes on when the request that began it has been answered, so it is kept apart from the
// request. A stop waits for drives, but not for ever: what is left then asks nobody any more, and whoever looks when the lease
// of its order ends takes it over.
import { within } from "../placing/within.ts";

export class DrivesUnderWay<T> {
  readonly #underWay = new Map<Promise<T>, () => void>();
  readonly #left = new AbortController();
  #stopping = false;

  /** Whether new ones should be left to others. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Aborted when this process waits for drives no more: its databases close. */
  get left(): AbortSignal {
    return this.#left.signal;
  }

  /** @returns what the drive ends with, or undefined when it was left */
  add(drive: Promise<T>): Promise<T | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
    this.#underWay.set(drive, () => resolve(undefined));
    drive.then(resolve, reject).finally(() => this.#underWay.delete(drive));
    return promise;
  }

  /** @returns how many were left after `ms` milliseconds */
  async settle(ms: number): Promise<number> {
    this.#stopping = true;
    await within(ms, Promise.allSettled(this.#underWay.keys()));
    this.#left.abort(new Error("the process is stopping"));
    for (const release of this.#underWay.values()) release();
    return this.#underWay.size;
  }
}
