// One process of the system: a broker and the services it runs. The same code makes a node with everything in it and a
// node with any part.
import { join } from "node:path";
import { ServiceBroker, type ServiceSchema } from "moleculer";
import { contracts } from "../contract/contracts.ts";
import { bridgeCatalogue } from "../contract/events/events.ts";
import { systemClock } from "../database/clock.ts";
import { Database } from "../database/database.ts";
import { Bridge } from "../events/bridge.ts";
import { kafkaDriver } from "../events/kafka/kafka-driver.ts";
import { localDriver } from "../events/local/local-driver.ts";
import { brokerOptions, verifierOf } from "../moleculer.config.ts";
import { authService } from "../services/auth/auth.service.ts";
import { catalogService } from "../services/catalog/catalog.service.ts";
import { gatewayService } from "../services/gateway/gateway.service.ts";
import { inventoryService } from "../services/inventory/inventory.service.ts";
import { fileMailer } from "../services/notifications/mailers/file-mailer.ts";
import { smtpMailer } from "../services/notifications/mailers/smtp-mailer.ts";
import { notificationsService } from "../services/notifications/notifications.service.ts";
import { operationsService } from "../services/operations/operations.service.ts";
import { ordersService } from "../services/orders/orders.service.ts";
import { paymentsService } from "../services/payments/payments.service.ts";
import { sandboxProvider } from "../services/payments/providers/sandbox/sandbox.ts";
import { reportsService } from "../services/reports/reports.service.ts";
import { usersService } from "../services/users/users.service.ts";
import type { Config, ServiceName } from "./config.ts";
import type { DatabaseName } from "./databases.ts";

export interface Node {
  broker: ServiceBroker;
  bridge: Bridge;
  /** By name, opened on first use; closed with the node. */
  databases: ReadonlyMap<string, Database>;
  stop: () => Promise<void>;
}

/** @returns a node that is made but not started: `node.broker.start()` */
export function createNode(config: Config): Node {
  const verify = verifierOf(config);
  const clock = systemClock;
  const bridge = new Bridge({
    driver: (log) => (config.kafka === undefined ? localDriver({ log }) : kafkaDriver({ ...config.kafka, log })),
    catalogue: bridgeCatalogue,
    clock,
    keepMs: config.outboxKeepMs,
  });
  const broker = new ServiceBroker(brokerOptions(config, verify, bridge.middleware()));
  const databases = new Map<string, Database>();
  const { webhookSecrets } = config;

  function db(name: DatabaseName): Database {
    const database = new Database({ url: config.databaseUrl(name), poolSize: config.poolSize, applicationName: name });
    databases.set(name, database);
    return database;
  }

  const factories: Record<ServiceName, () => ServiceSchema> = {
    auth: () => authService({ db: db("auth"), clock, ...config.tokens }),
    users: () => usersService({ db: db("users"), clock }),
    catalog: () => catalogService({ db: db("catalog"), clock }),
    inventory: () => inventoryService({ db: db("inventory"), clock }),
    orders: () => ordersService({ db: db("orders"), clock, ...config.orders }),
    payments: () =>
      paymentsService({
        db: db("payments"),
        clock,
        provider: sandboxProvider({ db: db("sandbox"), clock, slowMs: config.sandboxSlowMs, webhookSecrets }),
        webhookSecrets,
      }),
    notifications: () =>
      notificationsService({
        db: db("notifications"),
        clock,
        from: config.mail.from,
        mailer:
          config.mail.smtpUrl === undefined
            ? fileMailer({ folder: join(config.dataDir, "mail"), log: broker.getLogger("mail") })
            : smtpMailer({ url: config.mail.smtpUrl }),
      }),
    reports: () => reportsService({ db: db("reports") }),
    operations: () => operationsService(),
    gateway: () => gatewayService({ ...config, contracts, verify }),
  };
  for (const name of config.services) broker.createService(factories[name]());

  return {
    broker,
    bridge,
    databases,
    async stop() {
      await broker.stop();
      // A service closes its own; what belongs to no service is closed here.
      await databases.get("sandbox")?.close();
    },
  };
}
