// One group's consumer in this process, kept alive: whatever ends it, a crash of the client, a broker that went away, a
// rewind, another one takes its place, after growing pauses when it does not even come up.

import type { ConsumerGroup } from "../consumer/consumer-group.ts";
import { Lane, type Progress } from "../consumer/lane.ts";
import type { Lag } from "../driver.ts";
import { Wakeable } from "../outbox/wakeable.ts";
import { catchingUp } from "./catching-up.ts";
import { type IncomingMessage, readMessage, type TopicPartition, typeOf } from "./cloud-event.ts";
import type { Consumption, KafkaClient } from "./kafka-client.ts";

export interface GroupConsumerOptions {
  group: ConsumerGroup;
  client: KafkaClient;
  ensureTopic: (topic: string) => Promise<void>;
  log: { info(message: string): void; warn(message: string): void };
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
/** Whoever consumed for this long was well: the next failure is a new one. */
const WELL_AFTER_MS = 60_000;

export class GroupConsumer {
  readonly #options: GroupConsumerOptions;
  readonly #wakeable = new Wakeable();
  readonly #running: Promise<void>;
  #generation: number | undefined;
  #consumption: Consumption | undefined;

  constructor(options: GroupConsumerOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  get name(): string {
    return this.#options.group.name;
  }

  async lags(): Promise<Lag[]> {
    const { group, client } = this.#options;
    if (this.#generation === undefined) return [];
    const lags = await client.lags(groupId(group, this.#generation), group.topics);
    const consuming = this.#consumption !== undefined;
    return group.topics.map((topic) => ({ group: group.name, topic, events: lags.get(topic) ?? 0, consuming }));
  }

  async stop(): Promise<void> {
    this.#wakeable.stop();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { group, log } = this.#options;
    let retryMs = FIRST_RETRY_MS;
    while (!this.#wakeable.stopped) {
      const began = performance.now();
      try {
        await this.#consume();
        retryMs = FIRST_RETRY_MS;
      } catch (error) {
        if (performance.now() - began > WELL_AFTER_MS) retryMs = FIRST_RETRY_MS;
        log.warn(`${group.name} stopped consuming: ${(error as Error).message}; again in ${retryMs} ms`);
        await this.#wakeable.sleep(retryMs);
        retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
      }
    }
  }

  /** Until it is stopped or rewound. @throws what ended it otherwise */
  async #consume(): Promise<void> {
    const { group, client, ensureTopic } = this.#options;
    await Promise.all(group.topics.map(ensureTopic));
    const generation = generationOf(await group.positions());
    this.#generation = generation;
    const lanes = new Map<string, Lane>();
    const consumption = client.consume({
      groupId: groupId(group, generation),
      topics: group.topics,
      onMessages: (messages, place) => apply(group, laneOf(lanes, group, generation, place), messages, place),
    });
    this.#consumption = consumption;
    const lookHowFar = catchingUp({ group, client, groupId: groupId(group, generation), generation });
    let over = false;
    const ended = consumption.over.finally(() => {
      over = true;
      this.#wakeable.wake();
    });
    ended.catch(() => {});
    try {
      while (!over && !this.#wakeable.stopped) {
        await this.#wakeable.rest(LOOK_EVERY_MS);
        if (over) break;
        const positions = await group.positions().catch(() => []);
        if (generationOf(positions) > generation) break;
        lookHowFar(positions);
      }
      if (over) await ended;
    } finally {
      this.#consumption = undefined;
      await consumption.stop();
    }
  }
}

// The offsets of a generation belong to a group of their own, which begins at the beginning.
const groupId = ({ name }: ConsumerGroup, generation: number): string =>
  generation === 1 ? `commerce.${name}` : `commerce.${name}.${generation}`;

const generationOf = (positions: readonly { generation: number }[]): number =>
  Math.max(...positions.map(({ generation }) => generation));

function laneOf(
  lanes: Map<string, Lane>,
  group: ConsumerGroup,
  generation: number,
  { topic, partition }: TopicPartition,
): Lane {
  const key = `${topic}/${partition}`;
  const lane = lanes.get(key) ?? new Lane(group, topic, generation);
  lanes.set(key, lane);
  return lane;
}

async function apply(
  group: ConsumerGroup,
  lane: Lane,
  messages: readonly IncomingMessage[],
  place: TopicPartition,
): Promise<Progress> {
  const { wanted, passed } = group.sift(messages, typeOf);
  const progress = await lane.apply(wanted.map((message) => readMessage(message, place)));
  return { ...progress, settled: passed(progress.settled) };
}
