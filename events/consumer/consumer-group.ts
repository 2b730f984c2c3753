// A group of consumers of one service: which events it takes, what it does with them, and how far it is.
import type { Clock } from "../../database/clock.ts";
import type { Database, Statement } from "../../database/database.ts";
import type { Delivery } from "../envelope.ts";
import { isReadable } from "../envelope.ts";
import type { Received, Subscription } from "../subscription.ts";
import type { Backoff } from "./backoff.ts";

export interface Consumed {
  topic: string;
  handler: Subscription["handler"];
  /** What is wrong with the data, in words; undefined when it fits the contract. */
  fault: (data: unknown) => string | undefined;
}

export interface ConsumerGroupOptions {
  name: string;
  db: Database;
  events: ReadonlyMap<string, Consumed>;
  clock: Clock;
  backoff: Backoff;
  log: { warn(message: string): void; error(message: string): void };
}

export interface Sifted<Item> {
  wanted: Item[];
  /** So many of all items are dealt with when the first so many of the wanted ones are. */
  passed(settled: number): number;
}

export interface Position {
  topic: string;
  generation: number;
  caughtUp: number;
}

// A group that is new, or a topic that is new to it, starts in the generation that the group is in.
const ENTER: Statement = {
  name: "positions_enter",
  text: `insert into consumer_positions (consumer_group, topic, generation)
    select $1, topic, coalesce((select max(generation) from consumer_positions where consumer_group = $1), 1)
    from unnest($2::text[]) as topic
    on conflict (consumer_group, topic) do nothing`,
};
const LOOK: Statement = {
  name: "positions_look",
  text: `select topic, generation, caught_up_generation as "caughtUp" from consumer_positions
    where consumer_group = $1 and topic = any($2::text[])`,
};
const CATCH_UP: Statement = {
  name: "positions_catch_up",
  text: `update consumer_positions set caught_up_generation = greatest(caught_up_generation, $3)
    where consumer_group = $1 and topic = $2`,
};

export class ConsumerGroup {
  readonly name: string;
  readonly db: Database;
  readonly topics: readonly string[];
  readonly clock: Clock;
  readonly backoff: Backoff;
  readonly log: ConsumerGroupOptions["log"];
  readonly #events: ReadonlyMap<string, Consumed>;
  #entered = false;

  constructor({ name, db, events, clock, backoff, log }: ConsumerGroupOptions) {
    this.name = name;
    this.db = db;
    this.clock = clock;
    this.backoff = backoff;
    this.log = log;
    this.#events = events;
    this.topics = [...new Set([...events.values()].map(({ topic }) => topic))];
  }

  wants(type: string): boolean {
    return this.#events.has(type);
  }

  /**
   * Those of what came that are for this group, and how far it is in what came when so many of them are settled. Most of a
   * topic is for others, and is passed over by its type; what says of no type what it is, is for everybody to look at.
   */
  sift<Item>(items: readonly Item[], typeOf: (item: Item) => string | undefined): Sifted<Item> {
    const places: number[] = [];
    items.forEach((item, i) => {
      const type = typeOf(item);
      if (type === undefined || this.wants(type)) places.push(i);
    });
    return {
      wanted: places.map((at) => items[at] as Item),
      passed: (settled) => places[settled] ?? items.length,
    };
  }

  typesOf(topic: string): string[] {
    return [...this.#events].filter(([, each]) => each.topic === topic).map(([type]) => type);
  }

  handlerOf(type: string): Subscription["handler"] {
    return (this.#events.get(type) as Consumed).handler;
  }

  /** The event as its handler takes it, or in words why nobody could. */
  read(delivery: Delivery): Received | string {
    if (!isReadable(delivery)) return delivery.reason;
    let data: unknown;
    try {
      data = JSON.parse(delivery.json);
    } catch {
      return "the data is no JSON";
    }
    const fault = this.#events.get(delivery.type)?.fault(data);
    if (fault !== undefined) return fault;
    const { id, type, subject, aggregateVersion, time, correlationId, causationId, traceparent } = delivery;
    const occurredAt = new Date(time);
    return {
      id,
      type,
      aggregateId: subject,
      aggregateVersion,
      occurredAt,
      data,
      correlationId,
      causationId,
      traceparent,
    };
  }

  /** How far the group is, per topic. Enters it on first use. @throws what the database throws */
  async positions(): Promise<Position[]> {
    if (!this.#entered) await this.db.query(ENTER, [this.name, this.topics]);
    this.#entered = true;
    return this.db.query<Position & Record<string, unknown>>(LOOK, [this.name, this.topics]);
  }

  async hasCaughtUp(topic: string, generation: number): Promise<void> {
    await this.db.query(CATCH_UP, [this.name, topic, generation]);
  }
}
