// A broker listens before it works: for a second or so after that its group coordinator answers "not available" or
// "loading", at which consumers restart. It is ready when both the cluster and a coordinator have answered.

import { Kafka, logLevel } from "kafkajs";
import { quietTimers } from "../../events/kafka/quiet-timers.ts";

quietTimers();

const ASKED_GROUP = "stack-readiness"; // nobody is in it: asking makes Kafka look for its coordinator

/** True when the broker serves clients and groups. Throws or is false until then. */
export async function servesGroups(broker: string): Promise<boolean> {
  const kafka = new Kafka({
    clientId: "stack",
    brokers: [broker],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 4_000,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers, controller } = await admin.describeCluster();
    if (brokers.length === 0 || controller === null) return false;
    const { groups } = await admin.describeGroups([ASKED_GROUP]);
    return groups.length === 1;
  } finally {
    await admin.disconnect();
  }
}
