// Two services of a made-up shop on real databases: `shop` sells, `till` consumes and writes down what it was told, in the
// order in which it was. Over either driver, on any number of nodes.
import { randomUUIDv7 } from "node:crypto";
import { ServiceBroker, type ServiceSchema } from "moleculer";
import { ContractValidator } from "../../../middlewares/validate.ts";
import { type TestDatabase, testDatabase } from "../../../tests/support/postgres.ts";
import { KAFKA_BROKERS } from "../../../tests/support/stack.ts";
import { withAdmin } from "../../../tests/support/test-server.ts";
import { until } from "../../../tests/support/until.ts";
import { Database, type Tx } from "../../database/database.ts";
import type { DomainEvent } from "../../outbox/domain-event.ts";
import { writeOutbox } from "../../outbox/write-outbox.ts";
import { Bridge } from "../bridge.ts";
import { BRIDGE_ACTIONS } from "../bridge-actions.ts";
import type { Backoff } from "../consumer/lane.ts";
import type { DeadLetter } from "../dead-letters.ts";
import type { EventDriver } from "../driver.ts";
import { kafkaDriver } from "../kafka/kafka-driver.ts";
import { kafkaBridge } from "../kafka-bridge.mixin.ts";
import { localDriver } from "../local/local-driver.ts";
import type { Received, Subscriptions } from "../subscription.ts";

export type DriverName = "local" | "kafka";
/** Kafka only where there is one. */
export const DRIVERS: DriverName[] = KAFKA_BROKERS === undefined ? ["local"] : ["local", "kafka"];

export const QUICK: Backoff = { attempts: 3, firstMs: 5, mostMs: 20, outageMs: 20 };

export interface Effect {
  group: string;
  aggregate: string;
  version: number;
}

export interface NodeOptions {
  /** Called before the effects are written, in their transaction. */
  before?: (tx: Tx, events: readonly Received[]) => Promise<void> | void;
  /** Groups besides `till`. */
  groups?: readonly string[];
  wrap?: (driver: EventDriver) => EventDriver;
  backoff?: Partial<Backoff>;
  services?: readonly ("shop" | "till")[];
}

export interface Rig {
  topic: string;
  source: Database;
  sink: Database;
  sinkDatabase: TestDatabase;
  node(options?: NodeOptions): Promise<ServiceBroker>;
  stop(node: ServiceBroker): Promise<void>;
  /** Records one event each, in one transaction; an aggregate's versions count up by themselves. */
  sell(...aggregates: string[]): Promise<void>;
  /** In the order in which they were applied. */
  effects(group?: string): Promise<Effect[]>;
  /** Waits until so many are applied. */
  applied(count: number, group?: string): Promise<Effect[]>;
  /** Waits until every event is published. */
  published(): Promise<void>;
  parked(): Promise<DeadLetter[]>;
  close(): Promise<void>;
}

const EFFECTS = `create table if not exists effects (
  at bigint generated always as identity primary key, consumer text not null, event_id uuid not null,
  aggregate text not null, version integer not null)`;
const WRITE = {
  name: "test_effects",
  text: `insert into effects (consumer, event_id, aggregate, version)
    select $1, * from unnest($2::uuid[], $3::text[], $4::int[])`,
};

let rigs = 0;

export async function openRig(driverName: DriverName): Promise<Rig> {
  const [sourceDatabase, sinkDatabase] = await Promise.all([testDatabase("auth"), testDatabase("sandbox")]);
  await withAdmin(new URL(sinkDatabase.adminUrl).pathname.slice(1), (admin) => admin.query(EFFECTS));
  const [source, sink] = [sourceDatabase, sinkDatabase].map(({ url }) => new Database({ url })) as [Database, Database];
  const mark = `${process.pid}-${Date.now().toString(36)}-${rigs++}`;
  const topic = `test.${mark}.v1`;
  // Of this rig alone: the broker outlives it.
  const groupOf = (name: string) => `${name}-${mark}`;
  const nameOf = (group: string) => group.slice(0, -mark.length - 1);
  const nodes = new Set<ServiceBroker>();
  const opened: Database[] = [];
  const versions = new Map<string, number>();
  const log = { info: () => {}, warn: () => {} };

  function driver(): EventDriver {
    if (driverName === "local") return localDriver({ log });
    const brokers = (KAFKA_BROKERS as string).split(",");
    return kafkaDriver({ brokers, clientId: "test", partitions: 3, replicas: 1, log });
  }

  async function node(options: NodeOptions = {}): Promise<ServiceBroker> {
    const {
      before = () => {},
      groups = [],
      wrap = (each) => each,
      backoff = {},
      services = ["shop", "till"],
    } = options;
    const bridge = new Bridge({
      driver: () => wrap(driver()),
      catalogue: new Map(
        ["shop.sold", "shop.returned"].map((type) => [type, { service: "shop", topic, fault: faultOf }] as const),
      ),
      clock: () => new Date(),
      backoff: { ...QUICK, ...backoff },
    });
    const handler = (group: string) => async (tx: Tx, events: readonly Received[]) => {
      await before(tx, events);
      tx.send(WRITE, [
        nameOf(group),
        events.map(({ id }) => id),
        events.map(({ aggregateId }) => aggregateId),
        events.map(({ aggregateVersion }) => aggregateVersion),
      ]);
    };
    const subscriptions = (group: string): Subscriptions => ({
      "shop.sold": { group, handler: handler(group) },
      "shop.returned": { group, handler: handler(group) },
    });
    const broker = new ServiceBroker({
      logger: false,
      nodeID: `rig-${mark}-${nodes.size}`,
      validator: new ContractValidator(bridgeContracts(["shop", "till", ...groups])),
      middlewares: [bridge.middleware()],
      skipProcessEventRegistration: true,
    });
    const serve = (name: string, db: Database, subscriptions: Subscriptions = {}) => {
      broker.createService({ name, mixins: [kafkaBridge({ db, name })], subscriptions } as ServiceSchema);
      return db;
    };
    const connect = (url: string) => {
      const db = new Database({ url });
      opened.push(db);
      return db;
    };
    if (services.includes("shop")) serve("shop", connect(sourceDatabase.url));
    const consumers = services.includes("till") ? ["till", ...groups] : groups;
    for (const name of consumers) {
      serve(name, connect(sinkDatabase.url), subscriptions(groupOf(name)));
    }
    await broker.start();
    nodes.add(broker);
    return broker;
  }

  async function stop(broker: ServiceBroker): Promise<void> {
    nodes.delete(broker);
    await broker.stop();
  }

  const effects = async (group = "till") =>
    sink.query<Effect & Record<string, unknown>>(
      {
        name: "test_effects_of",
        text: `select consumer as "group", aggregate, version from effects where consumer = $1 order by at`,
      },
      [group],
    );

  return {
    topic,
    source,
    sink,
    sinkDatabase,
    node,
    stop,
    async sell(...aggregates) {
      await source.transaction(async (tx) => {
        const events = aggregates.map((aggregateId): DomainEvent => {
          const aggregateVersion = (versions.get(aggregateId) ?? 0) + 1;
          versions.set(aggregateId, aggregateVersion);
          const type = aggregateVersion % 3 === 0 ? "shop.returned" : "shop.sold";
          return { type, aggregateId, aggregateVersion, data: { amount: aggregateVersion }, occurredAt: new Date() };
        });
        writeOutbox(tx, events);
      });
      for (const broker of nodes) await broker.broadcastLocal("bridge.recorded.shop");
    },
    effects,
    applied: (count, group) =>
      until(`${count} events applied`, async () => {
        const found = await effects(group);
        return found.length >= count && found;
      }),
    async published() {
      await until("everything published", async () => {
        const [row] = await source.query<{ unsent: number }>({
          name: "test_unsent",
          text: "select count(*)::int as unsent from outbox where published_at is null",
        });
        return row?.unsent === 0;
      });
    },
    async parked() {
      const [broker] = nodes;
      return (broker as ServiceBroker).call("till.deadLetters.list", { limit: 100 }) as Promise<DeadLetter[]>;
    },
    async close() {
      for (const broker of nodes) await broker.stop();
      for (const db of [source, sink, ...opened]) await db.close();
      sourceDatabase.release();
      sinkDatabase.release();
    },
  };
}

const faultOf = (data: unknown): string | undefined =>
  typeof (data as { amount?: unknown }).amount === "number" ? undefined : "/amount must be number";

const bridgeContracts = (services: readonly string[]) =>
  new Map(
    services.flatMap((name) => Object.entries(BRIDGE_ACTIONS).map(([key, each]) => [`${name}.${key}`, each] as const)),
  );

/** Keeps everybody out of a database, and lets them in again. */
export async function shut(database: TestDatabase): Promise<() => Promise<void>> {
  const name = new URL(database.adminUrl).pathname.slice(1);
  await withAdmin("postgres", async (admin) => {
    await admin.query(`alter database "${name}" with allow_connections false`);
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
  });
  return () =>
    withAdmin(
      "postgres",
      async (admin) => void (await admin.query(`alter database "${name}" with allow_connections true`)),
    );
}

export const newAggregate = (): string => randomUUIDv7();
