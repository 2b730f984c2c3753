// Counts that all gateways share, in Redis. Nobody waits for it longer than its patience: once it did not answer in time it is
// left alone for a while, and then asked by a single request, so that a frozen one neither holds the others nor fills up with
// commands that nobody awaits any more.
import { once } from "node:events";
import { Redis } from "ioredis";
import { RateLimiterRedis } from "rate-limiter-flexible";
import type { Count } from "./memory-counter.ts";

const PATIENCE_MS = 50;
const LEFT_ALONE_MS = 500;
/** The other end of a connection may be gone without a word: after so many it is made anew. */
const UNANSWERED_AT_MOST = 6;
/** A gateway that starts would otherwise count its first requests for itself. */
const READY_WITHIN_MS = 1_000;

export interface SharedCounterOptions {
  url: string;
  prefix: string;
  ca?: string | undefined;
  /** Milliseconds for which a request waits at most. */
  patienceMs?: number;
  log: { warn(message: string): void; info(message: string): void };
}

export class SharedCounter {
  readonly #client: Redis;
  readonly #limiter: RateLimiterRedis;
  readonly #log: SharedCounterOptions["log"];
  #leftAloneUntil = 0;
  #probing = false;
  #isAway = false;
  #saidRefused = false;
  #unanswered = 0;

  constructor({ url, ca, prefix, patienceMs = PATIENCE_MS, log }: SharedCounterOptions) {
    this.#log = log;
    this.#client = new Redis(url, {
      ...(ca !== undefined && { tls: { ca } }),
      enableOfflineQueue: false,
      // Each would be a command that its user has to be allowed.
      enableReadyCheck: false,
      disableClientInfo: true,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: patienceMs,
      connectTimeout: 1_000,
      // How long a connection that is being closed may still keep the process.
      disconnectTimeout: 200,
      retryStrategy: (attempt) => Math.min(100 * attempt, 1_000),
    });
    this.#client.on("error", ({ message }: Error) => this.#away(message));
    this.#limiter = new RateLimiterRedis({
      storeClient: this.#client,
      rejectIfRedisNotReady: true,
      keyPrefix: prefix,
      // It counts; what is too much is decided by who asks, for one key as for another.
      points: Number.MAX_SAFE_INTEGER,
      // Of a hit that names none, which there is not.
      duration: 1,
    });
  }

  /** Settles when it can be asked, or after a second. Never rejects. */
  async ready(): Promise<void> {
    if (this.#client.status === "ready") return;
    await once(this.#client, "ready", { signal: AbortSignal.timeout(READY_WITHIN_MS) }).catch(() => {});
  }

  /** Undefined while Redis cannot be asked, or gives no answer that could be right. Never rejects. */
  async hit(key: string, seconds: number): Promise<Count | undefined> {
    if (this.#client.status !== "ready") return undefined;
    const probes = this.#isAway;
    if (probes && (this.#probing || performance.now() < this.#leftAloneUntil)) return undefined;
    if (probes) this.#probing = true;
    try {
      const { consumedPoints: hits, msBeforeNext } = await this.#limiter.consume(key, 1, { customDuration: seconds });
      if (probes) this.#back();
      this.#unanswered = 0;
      // A value under our key that is not ours is no count.
      if (!Number.isSafeInteger(hits) || hits < 1 || !(msBeforeNext > 0)) return undefined;
      return { hits, msLeft: Math.min(msBeforeNext, seconds * 1_000) };
    } catch (error) {
      const { name, message } = error as Error;
      if (name === "ReplyError") this.#refused(message);
      else {
        this.#leftAloneUntil = performance.now() + LEFT_ALONE_MS;
        this.#away(message);
        if (++this.#unanswered % UNANSWERED_AT_MOST === 0 && probes) this.#client.disconnect(true);
      }
      return undefined;
    } finally {
      if (probes) this.#probing = false;
    }
  }

  close(): void {
    this.#client.disconnect();
  }

  #away(why: string): void {
    if (!this.#isAway) this.#log.warn(`Rate limits are counted by this process alone: Redis: ${why}`);
    this.#isAway = true;
  }

  /** It costs no time, and may be about one key alone: others may be counted. */
  #refused(why: string): void {
    if (!this.#saidRefused) this.#log.warn(`Redis does not count a rate limit: ${why}`);
    this.#saidRefused = true;
  }

  #back(): void {
    if (this.#isAway) this.#log.info("Rate limits are shared again");
    this.#isAway = false;
  }
}
