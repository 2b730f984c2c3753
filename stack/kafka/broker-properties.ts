import { HOST } from "../choose-port.ts";

export interface BrokerPlace {
  dataDir: string;
  port: number;
  controllerPort: number;
}

export type Properties = Readonly<Record<string, string | number>>;

/** The settings of one node that is broker and controller at once, on the loopback, for nobody else to join. */
export function brokerProperties({ dataDir, port, controllerPort }: BrokerPlace): Properties {
  return {
    "process.roles": "broker,controller",
    "node.id": 1,
    listeners: `PLAINTEXT://${HOST}:${port},CONTROLLER://${HOST}:${controllerPort}`,
    "advertised.listeners": `PLAINTEXT://${HOST}:${port}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "controller.quorum.bootstrap.servers": `${HOST}:${controllerPort}`,
    // A backslash would start an escape.
    "log.dirs": dataDir.replaceAll("\\", "/"),
    "num.partitions": 1,
    "offsets.topic.replication.factor": 1,
    // One coordinator's answer then speaks for every group, which is what readiness asks for.
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 1,
    // A topic that a client invents by a typing mistake must be an error here too.
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": 0,
  };
}

/** As a file of properties. */
export const asText = (properties: Properties): string =>
  Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
