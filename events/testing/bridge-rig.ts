// The made-up shop of rig-node.ts on real databases, over either driver, on any number of nodes.
import type { ServiceBroker } from "moleculer";
import type { DeadLetter } from "../../contract/bridge-actions.ts";
import { Database } from "../../database/database.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { KAFKA_BROKERS } from "../../tests/support/stack.ts";
import { withAdmin } from "../../tests/support/test-server.ts";
import { until } from "../../tests/support/until.ts";
import { writeOutbox } from "../outbox/write-outbox.ts";
import { type DriverName, type NodeOptions, type RigNode, type RigSettings, startNode } from "./rig-node.ts";
import { sales } from "./sales.ts";

/** Kafka only where there is one. */
export const DRIVERS: DriverName[] = KAFKA_BROKERS === undefined ? ["local"] : ["local", "kafka"];

export interface Effect {
  group: string;
  aggregate: string;
  version: number;
}

export interface Rig {
  topic: string;
  place: RigSettings;
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
  applied(count: number, group?: string, withinMs?: number): Promise<Effect[]>;
  /** Waits until every event is published. */
  published(): Promise<void>;
  unsent(): Promise<number>;
  parked(service?: string): Promise<DeadLetter[]>;
  close(): Promise<void>;
}

const EFFECTS = `create table if not exists effects (
  at bigint generated always as identity primary key, consumer text not null, event_id uuid not null,
  aggregate text not null, version integer not null)`;
const EFFECTS_OF = {
  name: "test_effects_of",
  text: `select consumer as "group", aggregate, version from effects where consumer = $1 order by at`,
};
const UNSENT = {
  name: "test_unsent",
  text: "select count(*)::int as unsent from outbox where published_at is null",
};

let rigs = 0;

/** @param kafka of which broker, and how it is reached; the stack's when absent */
export async function openRig(driver: DriverName, kafka: RigSettings["kafka"] = {}): Promise<Rig> {
  const [sourceDatabase, sinkDatabase] = await Promise.all([testDatabase("auth"), testDatabase("sandbox")]);
  await withAdmin(new URL(sinkDatabase.adminUrl).pathname.slice(1), (admin) => admin.query(EFFECTS));
  const [source, sink] = [sourceDatabase, sinkDatabase].map(({ url }) => new Database({ url })) as [Database, Database];
  const mark = `${process.pid}-${Date.now().toString(36)}-${rigs++}`;
  const place: RigSettings = {
    driver,
    kafka: { brokers: KAFKA_BROKERS?.split(",") ?? [], ...kafka },
    sourceUrl: sourceDatabase.url,
    sinkUrl: sinkDatabase.url,
    topic: `test.${mark}.v1`,
    mark,
  };
  const nodes = new Map<ServiceBroker, RigNode>();
  const gone: RigNode[] = [];
  const sale = sales();

  async function stop(broker: ServiceBroker): Promise<void> {
    const node = nodes.get(broker) as RigNode;
    nodes.delete(broker);
    gone.push(node);
    await broker.stop();
  }

  const effects = async (group = "till") => sink.query<Effect & Record<string, unknown>>(EFFECTS_OF, [group]);

  async function unsent(): Promise<number> {
    const [row] = await source.query<{ unsent: number }>(UNSENT);
    return row?.unsent as number;
  }

  return {
    topic: place.topic,
    place,
    source,
    sink,
    sinkDatabase,
    async node(options) {
      const node = await startNode(place, options, String(nodes.size + gone.length));
      nodes.set(node.broker, node);
      return node.broker;
    },
    stop,
    async sell(...aggregates) {
      await source.transaction(async (tx) => writeOutbox(tx, sale(aggregates)));
      for (const broker of nodes.keys()) await broker.broadcastLocal("bridge.recorded.shop");
    },
    effects,
    applied: (count, group, withinMs) =>
      until(
        `${count} events applied`,
        async () => {
          const found = await effects(group);
          return found.length >= count && found;
        },
        withinMs,
      ),
    published: async () => void (await until("everything published", async () => (await unsent()) === 0)),
    unsent,
    async parked(service = "till") {
      const [broker] = nodes.keys();
      return (broker as ServiceBroker).call(`${service}.deadLetters.list`, { limit: 100 }) as Promise<DeadLetter[]>;
    },
    async close() {
      for (const broker of nodes.keys()) await stop(broker);
      for (const db of [source, sink, ...gone.flatMap(({ databases }) => databases)]) await db.close();
      sourceDatabase.release();
      sinkDatabase.release();
    },
  };
}

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
