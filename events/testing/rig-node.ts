// One node of the made-up shop: `shop` sells, `till` and whoever else consumes write down what they were told, in the order
// in which they were. In the process of a test or, to be killed, in one of its own.
import { ServiceBroker, type ServiceSchema } from "moleculer";
import { BRIDGE_ACTIONS } from "../../contract/bridge-actions.ts";
import { Database, type Tx } from "../../database/database.ts";
import { ContractValidator } from "../../middlewares/validation.ts";
import { kafkaBridge } from "../../mixins/kafka-bridge.mixin.ts";
import { Bridge } from "../bridge.ts";
import type { Backoff } from "../consumer/backoff.ts";
import type { EventDriver } from "../driver.ts";
import { type KafkaDriverOptions, kafkaDriver } from "../kafka/kafka-driver.ts";
import { localDriver } from "../local/local-driver.ts";
import type { Received, Subscriptions } from "../subscription.ts";

export type DriverName = "local" | "kafka";

export const QUICK: Backoff = { attempts: 3, firstMs: 5, mostMs: 20, outageMs: 20 };

/** What all nodes of a shop have in common, and another process needs to be told. */
export interface RigSettings {
  driver: DriverName;
  /** Settings besides the usual ones of a test; `brokers` is needed for Kafka. */
  kafka?: Partial<Omit<KafkaDriverOptions, "log">> | undefined;
  sourceUrl: string;
  sinkUrl: string;
  topic: string;
  /** Of this shop alone: a broker outlives it. */
  mark: string;
}

export interface NodeOptions {
  /** Called before the effects are written, in their transaction; `group` is its plain name. */
  before?: (tx: Tx, events: readonly Received[], group: string) => Promise<void> | void;
  /** Groups besides `till`. */
  groups?: readonly string[];
  wrap?: (driver: EventDriver) => EventDriver;
  backoff?: Partial<Backoff>;
  /** For ever when absent. */
  keepMs?: number;
  services?: readonly ("shop" | "till")[];
  /** Of nodes that reach each other. */
  namespace?: string;
  log?: { info(message: string): void; warn(message: string): void };
}

const WRITE = {
  name: "test_effects",
  text: `insert into effects (consumer, event_id, aggregate, version)
    select $1, * from unnest($2::uuid[], $3::text[], $4::int[])`,
};

export interface RigNode {
  broker: ServiceBroker;
  /** To be closed after it. */
  databases: Database[];
}

const SILENT = { info: () => {}, warn: () => {} };

/** The name that a group has in this shop. */
export const groupIn = ({ mark }: RigSettings, name: string): string => `${name}-${mark}`;

export async function startNode(place: RigSettings, options: NodeOptions = {}, nodeId = "node"): Promise<RigNode> {
  const { groups = [], wrap = (each) => each, backoff = {}, services = ["shop", "till"], log = SILENT } = options;
  const bridge = new Bridge({
    driver: () => wrap(driverOf(place, log)),
    catalogue: new Map(
      ["shop.sold", "shop.returned"].map((type) => [
        type,
        { service: "shop", topic: place.topic, fault: faultOf } as const,
      ]),
    ),
    clock: () => new Date(),
    backoff: { ...QUICK, ...backoff },
    keepMs: options.keepMs,
    // Little waits under load, so that a crash finds many steps to interrupt.
    gathering: { least: 10, most: 20 },
  });
  const broker = new ServiceBroker({
    logger: false,
    ...(options.namespace !== undefined && { namespace: options.namespace, transporter: "Fake" }),
    nodeID: `rig-${place.mark}-${nodeId}`,
    validator: new ContractValidator(bridgeContracts(["shop", "till", ...groups])),
    middlewares: [bridge.middleware()],
    skipProcessEventRegistration: true,
  });
  const databases: Database[] = [];
  const serve = (name: string, url: string, subscriptions: Subscriptions = {}) => {
    const db = new Database({ url });
    databases.push(db);
    broker.createService({ name, mixins: [kafkaBridge({ db, name })], subscriptions } as ServiceSchema);
  };
  if (services.includes("shop")) serve("shop", place.sourceUrl);
  const consumers = services.includes("till") ? ["till", ...groups] : groups;
  for (const name of consumers) serve(name, place.sinkUrl, subscriptionsOf(place, name, options.before));
  await broker.start();
  return { broker, databases };
}

function subscriptionsOf(place: RigSettings, name: string, before: NodeOptions["before"] = () => {}): Subscriptions {
  const group = groupIn(place, name);
  const handler = async (tx: Tx, events: readonly Received[]) => {
    await before(tx, events, name);
    tx.send(WRITE, [
      name,
      events.map(({ id }) => id),
      events.map(({ aggregateId }) => aggregateId),
      events.map(({ aggregateVersion }) => aggregateVersion),
    ]);
  };
  return { "shop.sold": { group, handler }, "shop.returned": { group, handler } };
}

function driverOf({ driver, kafka }: RigSettings, log: NonNullable<NodeOptions["log"]>): EventDriver {
  if (driver === "local") return localDriver({ log });
  return kafkaDriver({ clientId: "test", partitions: 3, replicas: 1, brokers: [], commitEveryMs: 50, ...kafka, log });
}

const faultOf = (data: unknown): string | undefined =>
  typeof (data as { amount?: unknown }).amount === "number" ? undefined : "/amount must be number";

const bridgeContracts = (services: readonly string[]) =>
  new Map(
    services.flatMap((name) => Object.entries(BRIDGE_ACTIONS).map(([key, each]) => [`${name}.${key}`, each] as const)),
  );
