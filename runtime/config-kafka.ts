// The settings of Kafka, together: whether there is one at all, how it is reached, and who we say we are.
import { readFileSync } from "node:fs";
import type { KafkaSettings } from "../events/kafka/kafka-client.ts";
import { type Env, integer, list, oneOf } from "./config-values.ts";

const DRIVERS = ["kafka", "local"] as const;
const MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512"] as const;

/** Undefined where events stay within the process: no KAFKA_BROKERS, or EVENT_DRIVER says so. */
export function readKafka(env: Env): KafkaSettings | undefined {
  const brokers = list(env.KAFKA_BROKERS);
  const driver = env.EVENT_DRIVER ? oneOf("EVENT_DRIVER", env.EVENT_DRIVER, DRIVERS) : undefined;
  if (driver === "kafka" && brokers.length === 0) throw new Error("EVENT_DRIVER is kafka: give KAFKA_BROKERS");
  if (driver === "local" || brokers.length === 0) return undefined;
  return {
    brokers,
    clientId: "moleculer-commerce",
    sasl: readSasl(env),
    tls: readTls(env),
    partitions: integer("KAFKA_PARTITIONS", env.KAFKA_PARTITIONS, { byDefault: 3, min: 1, max: 1_000 }),
    replicas: integer("KAFKA_REPLICAS", env.KAFKA_REPLICAS, { byDefault: 1, min: 1, max: 10 }),
  };
}

function readSasl(env: Env): KafkaSettings["sasl"] {
  const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password, KAFKA_SASL_MECHANISM: mechanism } = env;
  if (!username && !password && !mechanism) return undefined;
  if (!username || !password) throw new Error("KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD go together");
  const known = oneOf("KAFKA_SASL_MECHANISM", (mechanism || "scram-sha-512").toLowerCase(), MECHANISMS);
  return { mechanism: known, username, password };
}

/** `true`: TLS with the authorities that the system trusts. A path: with that one, in PEM. */
function readTls({ KAFKA_TLS, KAFKA_TLS_CA }: Env): KafkaSettings["tls"] {
  if (KAFKA_TLS && oneOf("KAFKA_TLS", KAFKA_TLS, ["true", "false"]) === "false") return undefined;
  if (KAFKA_TLS_CA) return { ca: readFileSync(KAFKA_TLS_CA, "utf8") };
  return KAFKA_TLS ? true : undefined;
}
