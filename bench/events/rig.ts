// Two databases of the shop, and between them what the bridge is made of, without services around it: an outbox of orders, a
// relay, a driver, and the group by which the real reports consume.
import pg from "pg";
import { Database } from "../../database/database.ts";
import { bridgeCatalogue } from "../../events/catalogue.ts";
import type { ConsumerGroup } from "../../events/consumer/consumer-group.ts";
import type { EventDriver } from "../../events/driver.ts";
import { kafkaDriver } from "../../events/kafka/kafka-driver.ts";
import { localDriver } from "../../events/local/local-driver.ts";
import { Relay } from "../../events/outbox/relay.ts";
import { readConfig } from "../../runtime/config.ts";
import { createNode } from "../../runtime/create-node.ts";
import { waitUntil } from "../../runtime/wait-until.ts";
import { ASK_SERVER, type ServerFacts } from "../machine.ts";
import { openPostgres } from "../shop/throwaway-postgres.ts";

export type DriverName = "kafka" | "local";

type Row = ServerFacts & Record<string, unknown>;

export interface Rig {
  /** Of the outbox. */
  orders: Database;
  /** Of the effects. */
  reports: Database;
  group: ConsumerGroup;
  postgresPid: number;
  readServer(): Promise<ServerFacts>;
  driver(name: DriverName): EventDriver;
  relay(driver: EventDriver, onPublished?: (count: number) => void): Relay;
  /** Empties both databases. */
  clear(): Promise<void>;
  /** So that each measurement finds its tables as tidy as the others. */
  tidy(): Promise<void>;
  /** Waits until the report counts so many orders. */
  applied(count: number): Promise<void>;
  close(): Promise<void>;
}

const PREFIX = "bench_";
const TOPIC = bridgeCatalogue.get("orders.confirmed")?.topic as string;
const APPLIED = {
  name: "bench_applied",
  text: "select coalesce(sum(orders), 0)::int as orders from sales_by_country",
};
const PATIENCE_MS = 600_000;

/** @param brokerAddress of the Kafka that the Kafka driver uses */
export async function openRig(brokerAddress: string): Promise<Rig> {
  const postgres = await openPostgres([PREFIX], ["orders", "reports"]);
  const orders = new Database({ url: postgres.urlOf(PREFIX, "orders") });
  const config = readConfig({
    PORT: "0",
    DATA_DIR: postgres.dataDir,
    RATE_LIMITS: "1000000",
    KAFKA_BROKERS: brokerAddress,
  });
  // Made and never started: only for the reports' own group.
  const databaseUrl = (name: string) => postgres.urlOf(PREFIX, name);
  const node = createNode({ ...config, kafka: undefined, services: ["reports"], databaseUrl });
  const reports = node.databases.get("reports") as Database;
  const [group] = node.bridge.groupsOf("reports").values();
  if (group === undefined) throw new Error("the reports consume nothing");
  const warn = (message: string) => process.stderr.write(`${message}\n`);
  const log = { info: () => {}, warn };

  return {
    orders,
    reports,
    group,
    postgresPid: postgres.pid,
    readServer: async () => (await orders.query<Row>({ name: "bench_server", text: ASK_SERVER }))[0] as ServerFacts,
    driver: (name) =>
      name === "local" || config.kafka === undefined ? localDriver({ log }) : kafkaDriver({ ...config.kafka, log }),
    relay(driver, onPublished = () => {}) {
      const told = { onPublished: (envelopes: readonly unknown[]) => onPublished(envelopes.length) };
      const relay = new Relay({ db: orders, service: "orders", topic: TOPIC, driver, log, ...told });
      orders.onRecorded = () => relay.wake();
      return relay;
    },
    async clear() {
      await asAdmin(postgres.adminUrlOf(PREFIX, "orders"), ["truncate outbox"]);
      const sales = "sales_by_product, sales_by_country, sales_progress";
      await asAdmin(postgres.adminUrlOf(PREFIX, "reports"), [`truncate inbox, ${sales}`]);
    },
    async tidy() {
      for (const name of ["orders", "reports"]) {
        await asAdmin(postgres.adminUrlOf(PREFIX, name), ["vacuum (analyze)", "checkpoint"]);
      }
    },
    async applied(count) {
      const done = async () => ((await reports.query<{ orders: number }>(APPLIED))[0]?.orders ?? 0) >= count;
      await waitUntil(done, { what: `${count} events applied`, withinMs: PATIENCE_MS });
    },
    async close() {
      await Promise.all([orders.close(), reports.close()]);
      await postgres.stop();
    },
  };
}

async function asAdmin(connectionString: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
