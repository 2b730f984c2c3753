/** Waits that can be cut short: by a wake-up, or for good by a stop. */
export class Wakeable {
  stopped = false;
  #woken = false;
  #cut: ((stopped: boolean) => void) | undefined;

  wake(): void {
    this.#woken = true;
    this.#cut?.(false);
  }

  stop(): void {
    this.stopped = true;
    this.#cut?.(true);
  }

  /** Until woken, also by a wake-up that came before, but no longer than `ms`. */
  async rest(ms: number): Promise<void> {
    if (!this.#woken) await this.#wait(ms, () => true);
    this.#woken = false;
  }

  /** For `ms`, whoever wakes; only a stop ends it early. */
  async sleep(ms: number): Promise<void> {
    if (ms > 0) await this.#wait(ms, (stopped) => stopped);
  }

  #wait(ms: number, mayCut: (stopped: boolean) => boolean): Promise<void> {
    if (this.stopped) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#cut = (stopped) => mayCut(stopped) && resolve();
    return promise.finally(() => {
      clearTimeout(timer);
      this.#cut = undefined;
    });
  }
}
