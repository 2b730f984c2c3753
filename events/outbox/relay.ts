// Brings a service's events from its outbox to the driver: one active relay per database, whichever process holds the
// advisory lock. A row is marked only when its event is safe elsewhere, so that dying anywhere between repeats events and
// loses none. The session that holds the lock is also the one that reads and marks: a relay that has lost it can do neither.
import type { Client } from "pg";
import type { Database } from "../../database/database.ts";
import type { EventDriver } from "../driver.ts";
import type { Envelope } from "../envelope.ts";
import { markPublished, type OutboxRow, purgePublished, readPublished, readUnsent } from "./outbox-table.ts";
import { Wakeable } from "./wakeable.ts";

/** How long passes wait for company, in milliseconds from the beginning of the one before. */
export interface Gathering {
  /** Where there is little to do: an event that comes alone waits for nothing. */
  least: number;
  /** Where there is much: what a pass costs, many events then share. */
  most: number;
}

export interface RelayOptions {
  db: Database;
  service: string;
  topic: string;
  driver: EventDriver;
  log: { info(message: string): void; warn(message: string): void };
  /** Told of what is published, as a hint to whoever listens. */
  onPublished?: (envelopes: readonly Envelope[]) => void;
  /** Called when events were recorded here while another process relays them. */
  onElsewhere?: () => void;
  pollMs?: number;
  gathering?: Gathering | undefined;
  batch?: number;
  /** How long published rows are kept, in milliseconds; for ever when undefined, as where the outbox is the log. */
  keepMs?: number | undefined;
}

const GATHERING: Gathering = { least: 20, most: 500 };
const DEFAULTS = {
  pollMs: 500,
  batch: 1_000,
  onPublished: (_envelopes: readonly Envelope[]) => {},
  onElsewhere: () => {},
};

const TRY_LOCK = "select pg_try_advisory_lock(hashtext('outbox relay')) as leads";
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
/** And more often where rows are kept for less. */
const PURGE_EVERY_MS = 3_600_000;

export class Relay {
  readonly #options: typeof DEFAULTS & RelayOptions & { gathering: Gathering };
  readonly #wakeable = new Wakeable();
  #leads = false;
  #running: Promise<void> | undefined;

  constructor(options: RelayOptions) {
    this.#options = { ...DEFAULTS, ...options, gathering: options.gathering ?? GATHERING };
  }

  /** Whether this process is the one that relays. */
  get leads(): boolean {
    return this.#leads;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something was recorded: look now rather than at the next poll. */
  wake(): void {
    if (this.#leads) this.#wakeable.wake();
    else this.#options.onElsewhere();
  }

  /** Takes nothing new; resolves when what is under way is marked or given back. */
  async stop(): Promise<void> {
    this.#wakeable.stop();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { db, service, log, pollMs } = this.#options;
    let retryMs = FIRST_RETRY_MS;
    while (!this.#wakeable.stopped) {
      let client: Client | undefined;
      try {
        client = await db.connectAlone();
        const lost = lossOf(client);
        const { rows } = await client.query<{ leads: boolean }>(TRY_LOCK);
        this.#leads = rows[0]?.leads === true;
        if (this.#leads) {
          const relaying = this.#relay(client, () => {
            retryMs = FIRST_RETRY_MS;
          });
          await Promise.race([relaying, lost]).finally(() => relaying.catch(() => {}));
        } else {
          // Somebody else relays: look again now and then whether they still do.
          await this.#wakeable.sleep(4 * pollMs);
        }
      } catch (error) {
        log.warn(`relay of ${service}: ${(error as Error).message}; again in ${retryMs} ms`);
        await this.#wakeable.sleep(retryMs);
        retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
      } finally {
        this.#leads = false;
        await client?.end().catch(() => {});
      }
    }
  }

  /** Until it is stopped or something fails. */
  async #relay(client: Client, onSuccess: () => void): Promise<void> {
    const { topic, driver, pollMs, batch, keepMs, gathering } = this.#options;
    let purged = Number.NEGATIVE_INFINITY;
    const sending = new Map<string, Promise<void>>();
    let failure: unknown;
    const read = () => readUnsent(client, { topic, besides: [...sending.keys()], limit: batch });
    let ahead: Promise<OutboxRow[]> | undefined;
    try {
      while (!this.#wakeable.stopped) {
        if (failure !== undefined) throw failure;
        await driver.prepare(topic, async (types, after, limit) => {
          // What still travels to others is not history yet, and would be given to nobody again once it is.
          await Promise.allSettled(sending.values());
          return history(client, { topic, types, after, limit });
        });
        const began = performance.now();
        const rows = await (ahead ?? read());
        ahead = undefined;
        if (rows.length === 0) {
          if (keepMs !== undefined && began - purged >= Math.min(PURGE_EVERY_MS, keepMs)) {
            await purgePublished(client, keepMs);
            purged = began;
          }
          await this.#wakeable.rest(pollMs);
          continue;
        }
        const published = this.#publish(client, rows, sending, (error) => {
          failure = error;
          this.#wakeable.wake();
        });
        if (rows.length === batch) {
          // The next are read while these travel.
          ahead = read();
          ahead.catch(() => {});
        }
        await published;
        onSuccess();
        if (rows.length < batch) {
          await this.#wakeable.sleep(pauseAfter(rows.length, gathering) - (performance.now() - began));
        }
      }
    } finally {
      await Promise.allSettled([...sending.values(), ahead]);
    }
  }

  /** Resolves when the next may follow; marks these when they are safe. */
  async #publish(
    client: Client,
    rows: readonly OutboxRow[],
    sending: Map<string, Promise<void>>,
    onFailure: (error: unknown) => void,
  ): Promise<void> {
    const { driver, onPublished } = this.#options;
    const ids = rows.map((row) => row.id);
    const { promise: handedOver, resolve, reject } = Promise.withResolvers<void>();
    const marked = (async () => {
      try {
        const { settled } = await driver.publish(rows.map((row) => row.envelope)).catch((error) => {
          reject(error);
          throw error;
        });
        resolve();
        await settled;
        await markPublished(client, ids);
        onPublished(rows.map((row) => row.envelope));
      } finally {
        for (const id of ids) sending.delete(id);
      }
    })();
    marked.catch(onFailure);
    for (const id of ids) sending.set(id, marked);
    await handedOver;
  }
}

const PAUSE_MS_PER_EVENT = 10;
const pauseAfter = (found: number, { least, most }: Gathering): number =>
  Math.min(most, Math.max(least, found * PAUSE_MS_PER_EVENT));

/** Rejects when the connection is gone. */
function lossOf(client: Client): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  client.on("error", reject);
  return promise;
}

const history = async (
  client: Client,
  asked: { topic: string; types: readonly string[]; after: string; limit: number },
) => (await readPublished(client, asked)).map(({ id, envelope }) => ({ position: id, envelope }));
