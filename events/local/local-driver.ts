// The outbox itself as the event log, for a system without Kafka: the process that relays an outbox gives its events to the
// groups that live in the same process. An event counts as published when every group has applied or parked it.
import type { ConsumerGroup, Position } from "../consumer/consumer-group.ts";
import type { EventDriver, History } from "../driver.ts";
import { LocalLane } from "./local-lane.ts";

export interface LocalDriverOptions {
  log: { info(message: string): void };
}

const HISTORY_BATCH = 500;
const LOOK_EVERY_MS = 1_000;

export function localDriver({ log }: LocalDriverOptions): EventDriver {
  const lanes = new Map<string, LocalLane[]>();
  const looked = new Map<string, number>();
  const lanesOf = (topic: string) => lanes.get(topic) ?? [];
  const all = () => [...lanes.values()].flat();

  return {
    name: "local",
    async publish(envelopes) {
      const wanted = lanesOf(envelopes[0]?.topic ?? "");
      const settled = Promise.all(wanted.map((lane) => lane.accept(envelopes))).then(() => {});
      settled.catch(() => {});
      await Promise.all(wanted.map((lane) => lane.hasRoom()));
      return { settled };
    },

    subscribe(group: ConsumerGroup) {
      for (const topic of group.topics) lanes.set(topic, [...lanesOf(topic), new LocalLane(group, topic)]);
    },

    async prepare(topic, history) {
      const here = lanesOf(topic);
      const sinceLook = performance.now() - (looked.get(topic) ?? Number.NEGATIVE_INFINITY);
      if (here.every((lane) => lane.isCurrent) && sinceLook < LOOK_EVERY_MS) return;
      looked.set(topic, performance.now());
      for (const lane of here) {
        const position = (await lane.group.positions()).find((each) => each.topic === topic) as Position;
        if (position.caughtUp < position.generation) await giveHistory(lane, position, history);
        lane.begin(position.generation);
      }
    },

    async lags(groups) {
      const asked = all().filter(({ group }) => groups.includes(group.name));
      return asked.map((lane) => ({ group: lane.group.name, topic: lane.topic, events: lane.length, consuming: true }));
    },

    async stopDelivering() {
      await Promise.all(all().map((lane) => lane.stop()));
    },

    close: async () => {},
  };

  /** Everything published so far, before anything new: the group sees each aggregate's events in order. */
  async function giveHistory(lane: LocalLane, { topic, generation }: Position, history: History): Promise<void> {
    const { group } = lane;
    const types = group.typesOf(topic);
    await lane.idle();
    lane.begin(generation);
    let [given, after] = [0, "0"];
    for (;;) {
      const past = await history(types, after, HISTORY_BATCH);
      if (past.length === 0) break;
      await lane.accept(past.map(({ envelope }) => envelope));
      given += past.length;
      after = past.at(-1)?.position as string;
    }
    await group.hasCaughtUp(topic, generation);
    if (given > 0) log.info(`${group.name} caught up with ${given} events of ${topic}`);
  }
}
