// Kafka as the event log. Connects in the background and never gives up: a broker that is away is none of an order's business.
import type { ConsumerGroup } from "../consumer/consumer-group.ts";
import type { EventDriver } from "../driver.ts";
import type { Envelope } from "../envelope.ts";
import { toMessage } from "./cloud-event.ts";
import { GroupConsumer } from "./group-consumer.ts";
import { type KafkaSettings, kafkaClient } from "./kafka-client.ts";
import { splitRequests } from "./split-requests.ts";

export interface KafkaDriverOptions extends KafkaSettings {
  log: { info(message: string): void; warn(message: string): void };
}

const STOP_WITHIN_MS = 5_000;
const nothing = () => {};

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

  async function send(envelopes: readonly Envelope[]): Promise<void> {
    const topic = envelopes[0]?.topic;
    if (topic === undefined) return;
    for (const messages of splitRequests(envelopes.map(toMessage))) await client.send(topic, messages);
  }

  // What is under way when the process stops may take as long as a broker that is well needs. What is given up is repeated
  // by whoever comes next.
  const { promise: givenUp, reject: giveUp } = Promise.withResolvers<never>();
  const orGivenUp = (work: Promise<unknown>) => Promise.race([work, givenUp]).then(nothing, nothing);
  givenUp.catch(nothing);
  let patience: NodeJS.Timeout | undefined;

  return {
    name: "kafka",
    async publish(envelopes) {
      await Promise.race([send(envelopes), givenUp]);
      return { settled: Promise.resolve() };
    },
    prepare: ensureTopic,
    subscribe(group: ConsumerGroup) {
      consumers.push(new GroupConsumer({ group, client, log, ensureTopic }));
    },
    async lags(groups) {
      const asked = consumers.filter(({ name }) => groups.includes(name));
      return (await Promise.all(asked.map((consumer) => consumer.lags()))).flat();
    },
    async stopDelivering() {
      patience = setTimeout(
        () => giveUp(new Error("the broker does not answer and the process stops")),
        STOP_WITHIN_MS,
      );
      await orGivenUp(Promise.all(consumers.map((consumer) => consumer.stop())));
    },
    async close() {
      await orGivenUp(client.close());
      clearTimeout(patience);
    },
  };
}
