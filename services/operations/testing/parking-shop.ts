// A shop whose consumers fail on demand: real services of the bridge on real databases under the names of `orders`, `reports`
// and `notifications`, and all others as stubs that have nothing parked.
import { randomUUIDv7 } from "node:crypto";
import { ServiceBroker, type ServiceSchema } from "moleculer";
import type { VerifyToken } from "../../../contract/access-tokens.ts";
import type { BridgeAction } from "../../../contract/bridge-actions.ts";
import { bridgedServices } from "../../../contract/contracts.ts";
import { callBridge } from "../../../contract/typed.ts";
import { Database, type Tx } from "../../../database/database.ts";
import { Bridge } from "../../../events/bridge.ts";
import { localDriver } from "../../../events/local/local-driver.ts";
import { writeOutbox } from "../../../events/outbox/write-outbox.ts";
import type { Received } from "../../../events/subscription.ts";
import { kafkaBridge } from "../../../mixins/kafka-bridge.mixin.ts";
import { brokerOptions } from "../../../moleculer.config.ts";
import { type TestDatabase, testDatabase } from "../../../tests/support/postgres.ts";
import { testTrust } from "../../../tests/support/trust.ts";
import { until } from "../../../tests/support/until.ts";
import { operationsService } from "../operations.service.ts";

const WEARERS = ["orders", "reports", "notifications"] as const;
type Wearer = (typeof WEARERS)[number];

export interface ParkingShop {
  broker: ServiceBroker;
  bridge: Bridge;
  databases: Readonly<Record<Wearer, TestDatabase>>;
  /** Why nothing can be applied at present; undefined when all can. */
  fault: string | undefined;
  /** Ids of the events that were applied, by consumer. */
  applied: Readonly<Record<"reports" | "notifications", string[]>>;
  /** Publishes that many orders, and waits until both consumers have parked or applied them. */
  confirm(count: number): Promise<void>;
  close(): Promise<void>;
}

const verify: VerifyToken = async (token) => ({
  id: randomUUIDv7(),
  roles: token === "staff" ? ["customer", "staff"] : ["customer"],
});
export const STAFF = { meta: { token: "staff" } };
export const CUSTOMER = { meta: { token: "customer" } };

const nothingParked = (name: string): ServiceSchema => ({
  name,
  actions: {
    "bridge.flow": () => ({ service: name, unsent: 0, oldestSeconds: 0, groups: [] }),
    "deadLetters.list": () => [],
    "deadLetters.get": () => null,
    "deadLetters.replay": () => ({ outcome: "not_found" }),
    "deadLetters.discard": () => ({ discarded: false }),
  } satisfies Record<BridgeAction, () => unknown>,
});

let shops = 0;

export async function openParkingShop(): Promise<ParkingShop> {
  const made = await Promise.all(WEARERS.map(async (name) => [name, await testDatabase(name)] as const));
  const databases = Object.fromEntries(made) as Record<Wearer, TestDatabase>;
  const opened = Object.fromEntries(made.map(([name, { url }]) => [name, new Database({ url })])) as Record<
    Wearer,
    Database
  >;
  const bridge = new Bridge({
    driver: (log) => localDriver({ log }),
    catalogue: new Map([["orders.confirmed", { service: "orders", topic: "test.orders", fault: () => undefined }]]),
    clock: () => new Date(),
    backoff: { attempts: 2, firstMs: 2, mostMs: 2, outageMs: 20 },
  });
  const nodeId = `parking-${process.pid}-${shops++}`;
  const node = { namespace: "test", nodeId, logLevel: "fatal", redisUrl: undefined, busSecrets: [] } as const;
  const broker = new ServiceBroker({
    ...brokerOptions(node, { verify, trust: testTrust() }, [bridge.middleware()]),
    logger: false,
  });
  const applied = { reports: [] as string[], notifications: [] as string[] };

  const consumer = (name: "reports" | "notifications") => ({
    "orders.confirmed": {
      group: `${name}-test`,
      handler: async (_tx: Tx, events: readonly Received[]) => {
        if (shop.fault !== undefined) throw new Error(shop.fault);
        applied[name].push(...events.map(({ id }) => id));
      },
    },
  });
  const serve = (name: Wearer, subscriptions = {}) =>
    broker.createService({ name, mixins: [kafkaBridge({ db: opened[name], name })], subscriptions });

  const shop: ParkingShop = {
    broker,
    bridge,
    databases,
    fault: undefined,
    applied,
    async confirm(count) {
      await opened.orders.transaction(async (tx) => {
        const data = { total: 1 };
        const aggregates = Array.from({ length: count }, () => randomUUIDv7());
        writeOutbox(
          tx,
          aggregates.map((aggregateId) => ({
            type: "orders.confirmed",
            aggregateId,
            aggregateVersion: 1,
            data,
            occurredAt: new Date(),
          })),
        );
      });
      await until("all events are applied or parked", async () => {
        const { unsent } = await callBridge(broker, "orders", "bridge.flow", {});
        return unsent === 0;
      });
    },
    async close() {
      await broker.stop();
      for (const db of Object.values(opened)) await db.close();
      for (const database of Object.values(databases)) database.release();
    },
  };

  serve("orders");
  serve("reports", consumer("reports"));
  serve("notifications", consumer("notifications"));
  for (const name of bridgedServices) if (!WEARERS.includes(name as Wearer)) broker.createService(nothingParked(name));
  broker.createService(operationsService());
  await broker.start();
  return shop;
}
