// A consumer with nothing to do, which counts the timers that are armed in its process within a second and prints them.
// `as-it-comes` undoes what keeps kafkajs quiet.
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { kafkaClient } from "../kafka/kafka-client.ts";

const [, , brokers, topic, how] = process.argv as [string, string, string, string, string];
const queue = createRequire(import.meta.url)("kafkajs/src/network/requestQueue/index.js") as {
  prototype: { scheduleCheckPendingRequests(): void };
};
const schedule = queue.prototype.scheduleCheckPendingRequests;
const log = { info: () => {}, warn: () => {} };
const client = kafkaClient({ brokers: brokers.split(","), clientId: "idle", partitions: 1, replicas: 1 }, log);
if (how === "as-it-comes") queue.prototype.scheduleCheckPendingRequests = schedule;

await client.createTopic(topic);
const heard = Promise.withResolvers<void>();
const consumption = client.consume({
  groupId: topic,
  topics: [topic],
  onMessages: async (messages) => {
    heard.resolve();
    return { settled: messages.length, pauseMs: 0 };
  },
});
await client.send(topic, [{ key: "a", value: "{}", headers: {} }]);
await heard.promise;

let armed = 0;
const { setTimeout: arm } = globalThis;
globalThis.setTimeout = ((...args: Parameters<typeof arm>) => {
  armed++;
  return arm(...args);
}) as typeof arm;
await pause(1_000);
process.stdout.write(`${armed}\n`);
await consumption.stop();
await client.close();
