// Kafka as the event log. Connects in the background and never gives up: a broker that is away is none of an order's business.
import type { ConsumerGroup } from "../consumer/consumer-group.ts";
import type { EventDriver } from "../driver.ts";
import { toMessage } from "./cloud-event.ts";
import { GroupConsumer } from "./group-consumer.ts";
import { type KafkaSettings, kafkaClient } from "./kafka-client.ts";

export interface KafkaDriverOptions extends KafkaSettings {
  log: { info(message: string): void; warn(message: string): void };
}

export function kafkaDriver({ log, ...settings }: KafkaDriverOptions): EventDriver {
  const client = kafkaClient(settings, log);
  const topics = new Map<string, Promise<void>>();
  const consumers: GroupConsumer[] = [];

  /** Once per topic and process; tried again after a failure. */
  function ensureTopic(topic: string): Promise<void> {
    let made = topics.get(topic);
    if (made === undefined) {
      made = client.createTopic(topic);
      made.catch(() => topics.delete(topic));
      topics.set(topic, made);
    }
    return made;
  }

  return {
    name: "kafka",
    async publish(envelopes) {
      const topic = envelopes[0]?.topic;
      if (topic === undefined) return { settled: Promise.resolve() };
      await ensureTopic(topic);
      await client.send(topic, envelopes.map(toMessage));
      return { settled: Promise.resolve() };
    },
    subscribe(group: ConsumerGroup) {
      consumers.push(new GroupConsumer({ group, client, log, ensureTopic }));
    },
    lookForRewinds() {
      for (const consumer of consumers) consumer.look();
    },
    async lags(groups) {
      const asked = consumers.filter(({ name }) => groups.includes(name));
      return (await Promise.all(asked.map((consumer) => consumer.lags()))).flat();
    },
    async stopDelivering() {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    },
    close: () => client.close(),
  };
}
