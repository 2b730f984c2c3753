// One process of the system: a broker and the services it runs. The same code makes a node with everything in it and a
// node with any part.
import { ServiceBroker } from "moleculer";
import type { ServiceDescriptor } from "../mixins/service.ts";
import { brokerOptions } from "../moleculer.config.ts";
import type { Config } from "./config.ts";
import { assertSpeaksFor } from "./config-trust.ts";
import { type NodeParts, nodeParts } from "./node-parts.ts";
import { demoShop } from "./seed-shop.ts";
import { services } from "./services.ts";

export interface Node extends Pick<NodeParts, "bridge" | "databases"> {
  broker: ServiceBroker;
  stop: () => Promise<void>;
}

/** @returns a node that is made but not started: `node.broker.start()` */
export function createNode(config: Config): Node {
  assertSpeaksFor(config.trust, config.services);
  const { bridge, databases, middlewares, ...checks } = nodeParts(config);
  const broker = new ServiceBroker(brokerOptions(config, checks, middlewares));
  for (const name of config.services) {
    const describe = services.get(name) as ServiceDescriptor;
    broker.createService(describe(broker));
  }
  if (config.demo !== undefined) broker.createService(demoShop(config.demoPasswords));
  return { broker, bridge, databases, stop: () => broker.stop() };
}
