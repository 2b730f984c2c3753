// A stranger at the same broker, who writes what he likes and turns back the clock of groups.
import { type Admin, Kafka, logLevel, type Message, type Producer } from "kafkajs";
import { KAFKA_BROKERS } from "../../tests/support/stack.ts";
import { quietTimers } from "../kafka/quiet-timers.ts";

export interface RawKafka {
  /** All in partition 0, in this order. */
  write(topic: string, messages: readonly Message[]): Promise<void>;
  /** Lets a group in which nobody is begin at the beginning. */
  reset(groupId: string, topic: string): Promise<void>;
  close(): Promise<void>;
}

export async function rawKafka(): Promise<RawKafka> {
  quietTimers();
  const brokers = KAFKA_BROKERS?.split(",") ?? [];
  const kafka = new Kafka({ clientId: "stranger", brokers, logLevel: logLevel.NOTHING });
  const [producer, admin]: [Producer, Admin] = [kafka.producer(), kafka.admin()];
  await Promise.all([producer.connect(), admin.connect()]);
  return {
    write: async (topic, messages) => {
      await producer.send({ topic, messages: messages.map((message) => ({ ...message, partition: 0 })) });
    },
    reset: (groupId, topic) => admin.resetOffsets({ groupId, topic, earliest: true }),
    async close() {
      await Promise.all([producer.disconnect(), admin.disconnect()]);
    },
  };
}
