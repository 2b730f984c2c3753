// One process of the system: a broker and the services it runs. The same code makes a node with everything in it and a
// node with any part.
import { ServiceBroker, type ServiceSchema } from "moleculer";
import { systemClock } from "../mixins/clock.ts";
import { Database } from "../mixins/database/database.ts";
import { brokerOptions, verifierOf } from "../moleculer.config.ts";
import { authService } from "../services/auth/auth.service.ts";
import { catalogService } from "../services/catalog/catalog.service.ts";
import { contracts } from "../services/contracts.ts";
import { gatewayService } from "../services/gateway/gateway.service.ts";
import { inventoryService } from "../services/inventory/inventory.service.ts";
import { ordersService } from "../services/orders/orders.service.ts";
import { paymentsService } from "../services/payments/payments.service.ts";
import { sandboxProvider } from "../services/payments/providers/sandbox/sandbox.ts";
import { usersService } from "../services/users/users.service.ts";
import type { Config, ServiceName } from "./config.ts";
import type { DatabaseName } from "./databases.ts";

export interface Node {
  broker: ServiceBroker;
  /** By name, opened on first use; closed with the node. */
  databases: ReadonlyMap<string, Database>;
  stop: () => Promise<void>;
}

/** @returns a node that is made but not started: `node.broker.start()` */
export function createNode(config: Config): Node {
  const verify = verifierOf(config);
  const broker = new ServiceBroker(brokerOptions(config, verify));
  const databases = new Map<string, Database>();
  const clock = systemClock;

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
        provider: sandboxProvider({ db: db("sandbox"), clock, slowMs: config.sandboxSlowMs }),
      }),
    gateway: () => gatewayService({ ...config, contracts, verify }),
  };
  for (const name of config.services) broker.createService(factories[name]());

  return {
    broker,
    databases,
    async stop() {
      await broker.stop();
      // A service closes its own; what belongs to no service is closed here.
      await databases.get("sandbox")?.close();
    },
  };
}
