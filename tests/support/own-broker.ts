// A Kafka of the test's own, to be killed and stopped.
import { type Adjust, kafka, kafkaWith } from "../../stack/kafka/kafka.ts";
import { missingFor, type OwnServer, ownServer } from "./own-server.ts";
import { KAFKA_BROKERS } from "./stack.ts";

const missing = missingFor(kafka);

/** Where the stack's Kafka is up, what another one needs has been brought. A plain test run downloads nothing. */
export const canStartBroker = KAFKA_BROKERS !== undefined && missing.length === 0;

/** Says once, loudly, what this run leaves out. */
export function warnWithoutBroker(): void {
  if (canStartBroker) return;
  const reason = missing.length > 0 ? `a broker needs ${missing.join(" and ")}` : "no Kafka of the stack is up";
  process.stderr.write(`\n*** What needs a Kafka of its own is LEFT OUT: ${reason}. ***\n\n`);
}

export interface OwnBroker extends OwnServer {
  address: string;
}

export async function ownBroker(adjust: Adjust = () => ({})): Promise<OwnBroker> {
  const server = await ownServer("kafka", kafkaWith(adjust));
  return { ...server, address: `${server.host}:${server.port}` };
}
