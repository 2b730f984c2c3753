// The one file that knows kafkajs. What the driver needs of a Kafka client is the interface below; another client would take
// this file's place. The producer is not kafkajs's idempotent one, whose sequence numbers go astray after errors: order comes
// from one request in flight, and duplicates are the inbox's business.
import { type Admin, type Consumer, type EachBatchPayload, Kafka, logLevel, type SASLOptions } from "kafkajs";
import type { Progress } from "../consumer/lane.ts";
import { MAX_DATA_BYTES } from "../outbox/write-outbox.ts";
import type { IncomingMessage, OutgoingMessage, TopicPartition } from "./cloud-event.ts";
import { choosePartition } from "./partition-of.ts";
import { quickProduce } from "./quick-produce.ts";
import { quietTimers } from "./quiet-timers.ts";

export interface KafkaSettings {
  brokers: readonly string[];
  clientId: string;
  sasl?: { mechanism: "plain" | "scram-sha-256" | "scram-sha-512"; username: string; password: string } | undefined;
  /** TLS with the system's authorities, or with this one (PEM). */
  tls?: true | { ca: string } | undefined;
  /** Of topics that are made; existing ones are left as they are. */
  partitions: number;
  replicas: number;
  /** How long the partitions of a process that died stand still; half a minute when absent. A batch takes less. */
  sessionTimeoutMs?: number | undefined;
  /** A second when absent. */
  commitEveryMs?: number | undefined;
}

export interface KafkaClient {
  /** Makes the topic if it is not there. It keeps everything for ever: read models are built from its beginning. */
  createTopic(topic: string): Promise<void>;
  /** Resolves when all in-sync replicas have the messages. @throws when that is not certain */
  send(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  /** Joins a group, from the beginning of its topics if nothing was committed yet. */
  consume(request: ConsumeRequest): Consumption;
  /** How far topics reach now. */
  ends(topics: readonly string[]): Promise<Ends>;
  /** Messages of each topic that the group has not committed, as far as they reached then; as they reach now when absent. */
  lags(groupId: string, topics: readonly string[], then?: Ends): Promise<Map<string, number>>;
  close(): Promise<void>;
}

/** Per topic and partition, the first offset that is there and the one that the next message gets. */
export type Ends = ReadonlyMap<string, readonly { partition: number; low: string; high: string }[]>;

export interface ConsumeRequest {
  groupId: string;
  topics: readonly string[];
  /** Called with the messages of one partition at a time; its answer is committed. Must not throw. */
  onMessages(messages: readonly IncomingMessage[], place: TopicPartition): Promise<Progress>;
}

export interface Consumption {
  /** Settles when it is over: resolves after a rewind, rejects after a crash or when nothing moves any more. */
  over: Promise<void>;
  /** Lets what is under way finish, then leaves the group. */
  stop(): Promise<void>;
}

type Log = { info(message: string): void; warn(message: string): void };

const FOREVER = "-1";
const CHUNK = 1_000;
const COMMIT_EVERY_MS = 1_000;
/** kafkajs sends a heartbeat or a fetch every few seconds; without any for this long it has died without saying so. */
const SILENT_MS = 60_000;
const SEND_TIMEOUT_MS = 10_000;
const SESSION_TIMEOUT_MS = 30_000;

export function kafkaClient(settings: KafkaSettings, log: Log): KafkaClient {
  quietTimers();
  quickProduce();
  const kafka = new Kafka(optionsOf(settings, log));
  const admin = renewed(() => kafka.admin());
  // After a failure it is not known what arrived: nothing may be sent by the same producer after it.
  const producer = renewed(() =>
    kafka.producer({
      idempotent: false,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: () => choosePartition,
    }),
  );

  return {
    createTopic: (topic) =>
      admin.use(async (client) => {
        const { partitions: numPartitions, replicas: replicationFactor } = settings;
        const configEntries = [
          { name: "retention.ms", value: FOREVER },
          // Others may write compressed in ways that this client cannot read: the broker then undoes it.
          { name: "compression.type", value: "uncompressed" },
          // Above the largest event that is recorded: one that the broker refuses would be refused for ever.
          { name: "max.message.bytes", value: String(2 * MAX_DATA_BYTES) },
        ];
        await client.createTopics({ topics: [{ topic, numPartitions, replicationFactor, configEntries }] });
      }),

    send: (topic, messages) =>
      producer.use(async (client) => {
        await client.send({ topic, acks: -1, timeout: SEND_TIMEOUT_MS, messages: [...messages] });
      }),

    consume: (request) => consume(kafka, request, settings),

    ends: (topics) => admin.use((client) => endsOf(client, topics)),

    lags: (groupId, topics, then) =>
      admin.use(async (client) => {
        const [committed, ends] = await Promise.all([
          client.fetchOffsets({ groupId, topics: [...topics] }),
          then ?? endsOf(client, topics),
        ]);
        const lags = committed.map(({ topic, partitions }) => {
          const done = new Map(partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
          const behind = (ends.get(topic) ?? []).map(({ partition, high, low }) => {
            const at = done.get(partition) ?? -1n;
            return Math.max(0, Number(BigInt(high) - (at < 0n ? BigInt(low) : at)));
          });
          return [topic, behind.reduce((sum, each) => sum + each, 0)] as const;
        });
        return new Map(lags);
      }),

    async close() {
      await Promise.all([producer.close(), admin.close()]);
    },
  };
}

async function endsOf(client: Admin, topics: readonly string[]): Promise<Ends> {
  return new Map(
    await Promise.all(topics.map(async (topic) => [topic, await client.fetchTopicOffsets(topic)] as const)),
  );
}

/** A client that is connected on first use, and made anew after any failure. */
function renewed<Client extends { connect(): Promise<void>; disconnect(): Promise<void> }>(make: () => Client) {
  let current: Promise<Client> | undefined;
  const end = async (client: Promise<Client> | undefined) => {
    await client?.then((each) => each.disconnect()).catch(() => {});
  };
  return {
    async use<T>(work: (client: Client) => Promise<T>): Promise<T> {
      current ??= connected(make());
      const used = current;
      try {
        return await work(await used);
      } catch (error) {
        if (current === used) current = undefined;
        void end(used);
        throw error;
      }
    },
    close: () => end(current),
  };
}

async function connected<Client extends { connect(): Promise<void> }>(client: Client): Promise<Client> {
  await client.connect();
  return client;
}

function consume(
  kafka: Kafka,
  { groupId, topics, onMessages }: ConsumeRequest,
  {
    sessionTimeoutMs: sessionTimeout = SESSION_TIMEOUT_MS,
    commitEveryMs = COMMIT_EVERY_MS,
  }: Pick<KafkaSettings, "sessionTimeoutMs" | "commitEveryMs">,
): Consumption {
  const consumer = kafka.consumer({
    groupId,
    // A long poll ends at once when there is something; a partition that was paused waits no longer than this.
    maxWaitTimeInMs: 500,
    sessionTimeout,
    heartbeatInterval: sessionTimeout / 10,
    rebalanceTimeout: 60_000,
    // Whoever crashes is replaced by the driver, always, instead of by kafkajs in some cases.
    retry: { retries: 5, restartOnFailure: async () => false },
  });
  const { promise: over, resolve, reject } = Promise.withResolvers<void>();
  over.catch(() => {});
  const timers = new Set<NodeJS.Timeout>();
  let seen = performance.now();
  const watch = setInterval(() => {
    if (performance.now() - seen > SILENT_MS) reject(new Error(`no sign of life for ${SILENT_MS / 1_000} s`));
  }, 5_000);
  // After the database has committed, never before; but a second's worth at once, because a commit costs the broker as much as
  // messages do. What a crash leaves uncommitted comes again and finds its inbox rows.
  const settledUpTo = new Map<string, { topic: string; partition: number; offset: string }>();
  async function commitSettled(): Promise<void> {
    const offsets = [...settledUpTo.values()];
    if (offsets.length === 0) return;
    try {
      await consumer.commitOffsets(offsets);
    } catch {
      return; // with the next
    }
    for (const each of offsets) {
      const place = `${each.topic}/${each.partition}`;
      if (settledUpTo.get(place) === each) settledUpTo.delete(place);
    }
  }
  const committing = setInterval(() => void commitSettled(), commitEveryMs);
  const { CRASH, FETCH, HEARTBEAT, GROUP_JOIN } = consumer.events;
  // Others may have the partitions now, and be further.
  consumer.on(GROUP_JOIN, () => settledUpTo.clear());
  const alive = () => {
    seen = performance.now();
  };
  consumer.on(FETCH, alive);
  consumer.on(HEARTBEAT, alive);
  consumer.on(CRASH, ({ payload }) => reject(payload.error));

  async function eachBatch({ batch, ...tools }: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = batch;
    for (let from = 0; from < messages.length; ) {
      if (!tools.isRunning() || tools.isStale()) return;
      alive();
      const chunk = messages.slice(from, from + CHUNK);
      const { settled, pauseMs, rewound } = await onMessages(chunk, { topic, partition });
      const last = chunk[settled - 1];
      if (last !== undefined) {
        tools.resolveOffset(last.offset);
        const offset = String(BigInt(last.offset) + 1n);
        settledUpTo.set(`${topic}/${partition}`, { topic, partition, offset });
      }
      from += settled;
      if (rewound) {
        tools.pause();
        resolve();
        return;
      }
      if (pauseMs > 0) {
        pauseFor(pauseMs, tools.pause());
        return;
      }
      await tools.heartbeat();
    }
  }

  /** The other partitions go on, and so do the heartbeats. */
  function pauseFor(ms: number, resume: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      resume();
    }, ms);
    timers.add(timer);
  }

  const running = run(consumer, topics, eachBatch);
  running.catch(reject);
  return {
    over,
    async stop() {
      clearInterval(watch);
      clearInterval(committing);
      for (const timer of timers) clearTimeout(timer);
      await running.catch(() => {});
      await commitSettled();
      await consumer.disconnect().catch(() => {});
    },
  };
}

async function run(
  consumer: Consumer,
  topics: readonly string[],
  eachBatch: (payload: EachBatchPayload) => Promise<void>,
) {
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 3, eachBatch });
}

/** Exported for the test that the operator's settings reach the client. */
export function optionsOf({ brokers, clientId, sasl, tls }: KafkaSettings, log: Log) {
  return {
    clientId,
    brokers: [...brokers],
    ssl: tls === true ? true : tls && { ca: [tls.ca] },
    sasl: sasl as SASLOptions | undefined,
    connectionTimeout: 3_000,
    authenticationTimeout: 5_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 3 },
    logLevel: logLevel.WARN,
    // A broker that is away is reported by whoever needed it; of kafkajs's own words about it there would be hundreds.
    logCreator: () => (entry: { log: { message: string } }) => log.info(`kafkajs: ${entry.log.message}`),
  };
}
