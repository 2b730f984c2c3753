// What can be wrong with a topic, a group or the client while the broker itself is well.
import { execFile } from "node:child_process";
import { randomUUIDv7 } from "node:crypto";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { KafkaJSNonRetriableError, type Message } from "kafkajs";
import type { DeadLetter, Flow } from "../contract/bridge-actions.ts";
import { KAFKA_BROKERS, warnWithoutStack } from "../tests/support/stack.ts";
import { until } from "../tests/support/until.ts";
import { toMessage } from "./kafka/cloud-event.ts";
import { openRig, type Rig } from "./testing/bridge-rig.ts";
import { expectInOrder } from "./testing/in-order.ts";
import { type RawKafka, rawKafka } from "./testing/raw-kafka.ts";
import { groupIn } from "./testing/rig-node.ts";

warnWithoutStack();

const SKUS = Array.from({ length: 12 }, (_, i) => `sku-${i}`);

(KAFKA_BROKERS === undefined ? describe.skip : describe)("on a real Kafka", () => {
  let rig: Rig;
  let stranger: RawKafka;
  beforeEach(async () => {
    [rig, stranger] = await Promise.all([openRig("kafka"), rawKafka()]);
  });
  afterEach(async () => {
    await rig.close();
    await stranger.close();
  });

  const sound = (over: { value?: string | null; headers?: Record<string, unknown> } = {}): Message => {
    const event = { id: randomUUIDv7(), type: "shop.sold", topic: rig.topic, subject: "stray", aggregateVersion: 1 };
    const origin = { correlationId: null, causationId: null, traceparent: null };
    const message = toMessage({ ...event, ...origin, time: new Date().toISOString(), json: '{"amount":1}' });
    const { value = message.value, headers = {} } = over;
    return { key: message.key, value, headers: { ...message.headers, ...headers } } as Message;
  };
  const bad = (): [string, Message][] => [
    ["no CloudEvent: the header ce_specversion is not 1.0", { value: Buffer.from([0, 255, 1]) }],
    ["no CloudEvent: the header ce_specversion is not 1.0", sound({ headers: { ce_specversion: "0.3" } })],
    ["the header ce_id is no UUID", sound({ headers: { ce_id: "42" } })],
    ["the header ce_type is missing", sound({ headers: { ce_type: "" } })],
    ["the header ce_time is no time", sound({ headers: { ce_time: "soon" } })],
    ["the header ce_aggregateversion is no version", sound({ headers: { ce_aggregateversion: "0" } })],
    ["the header ce_id is no UUID", sound({ headers: { ce_id: "a\0b", "odd\0name": "\\u0000 \\" } })],
    ["the value is missing", sound({ value: null })],
    ["the data is no JSON", sound({ value: '{"amount":\0' })],
    ["/amount must be number", sound({ value: '{"amount":"two\\u0000"}' })],
    ["/amount must be number", sound({ value: '{"amount":"\\ud800"}', headers: { ce_subject: "\\u0000" } })],
  ];
  const reasonsIn = (letters: readonly DeadLetter[], name: string) =>
    letters
      .filter(({ group }) => group === groupIn(rig.place, name))
      .map(({ error }) => error)
      .sort();

  test("what is no event is parked with its reason by each group, once, and the partition goes on", async () => {
    const messages = bad();
    const reasons = messages.map(([reason]) => reason).sort();
    const first = await rig.node({ groups: ["other"] });
    await rig.sell("mug");
    await rig.applied(1);

    await stranger.write(rig.topic, [...messages.map(([, message]) => message), sound()]);
    await Promise.all([rig.applied(2), rig.applied(2, "other")]);
    const letters = await rig.parked();

    expect(reasonsIn(letters, "till")).toEqual(reasons);
    expect(reasonsIn(letters, "other")).toEqual(reasons);

    await rig.stop(first);
    for (const name of ["till", "other"]) await stranger.reset(`commerce.${groupIn(rig.place, name)}`, rig.topic);
    await rig.node({ groups: ["other"] });
    await rig.sell("mug");

    expect(await rig.applied(3)).toHaveLength(3);
    expect(await rig.applied(3, "other")).toHaveLength(3);
    expect(await rig.parked()).toHaveLength(2 * reasons.length);
  });

  test("what was parked for being no event can be inspected, not replayed, and discarded", async () => {
    const node = await rig.node();
    await rig.sell("mug");
    await rig.applied(1);

    await stranger.write(rig.topic, [{ value: "plain words", headers: { from: "a stranger" } }, sound({ value: "{" })]);
    const letters = await until("parked", async () => {
      const parked = await rig.parked();
      return parked.length === 2 && parked;
    });

    const bytes = Buffer.from("plain words").toString("base64");
    const [broken, stray] = letters as [DeadLetter, DeadLetter];
    expect(stray.event).toMatchObject({ bytes, headers: { from: "a stranger" }, topic: rig.topic });
    expect(broken.event).toMatchObject({ type: "shop.sold", data: "{" });
    for (const { id, error } of letters) {
      expect(await node.call("till.deadLetters.get", { id })).toMatchObject({ id, error });
      expect(await node.call("till.deadLetters.replay", { id })).toEqual({ outcome: "failed", error });
      expect(await node.call("till.deadLetters.discard", { id })).toEqual({ discarded: true });
    }
    expect(await rig.parked()).toEqual([]);
  });

  test("a group that an operator sends back to the beginning changes nothing by all that it reads again", async () => {
    const first = await rig.node();
    for (let i = 0; i < 20; i++) await rig.sell(...SKUS);
    await rig.applied(240);
    await rig.stop(first);

    await stranger.reset(`commerce.${groupIn(rig.place, "till")}`, rig.topic);
    const again = await rig.node();
    const lag = () => (again.call("till.bridge.flow", {}) as Promise<Flow>).then(({ groups }) => groups[0]);
    await rig.sell(...SKUS);

    expectInOrder(await rig.applied(252), SKUS, 21);
    await until("all is read again", async () => (await lag())?.lag === 0);
    expect(await rig.effects()).toHaveLength(252);
  });

  test("a node that joins and leaves while events flow takes its share, each event once and in order", async () => {
    const handled = { first: 0, second: 0 };
    const counting = (who: "first" | "second") => ({
      before(_tx: unknown, events: readonly unknown[]) {
        handled[who] += events.length;
      },
    });
    await rig.node(counting("first"));
    const keepSelling = async (until: () => boolean): Promise<number> => {
      for (let round = 1; ; round++) {
        await rig.sell(...SKUS);
        await rig.published();
        if (until()) return round;
      }
    };
    let rounds = await keepSelling(() => handled.first > 0);

    const second = await rig.node(counting("second"));
    rounds += await keepSelling(() => handled.second > 0);
    await Promise.all([rig.stop(second), rig.sell(...SKUS)]);
    const before = handled.first;
    rounds += 1 + (await keepSelling(() => handled.first > before));

    expectInOrder(await rig.applied(12 * rounds, "till", 20_000), SKUS, rounds);
    expect(handled.first + handled.second).toBeGreaterThanOrEqual(12 * rounds);
  });

  test("a consumer that dies of an error that kafkajs takes for final is replaced and goes on", async () => {
    const { prototype } = createRequire(import.meta.url)("kafkajs/src/consumer/consumerGroup.js") as {
      prototype: { fetch(...args: unknown[]): Promise<unknown> };
    };
    const fetch = prototype.fetch;
    const node = await rig.node();
    const consuming = async () => ((await node.call("till.bridge.flow", {})) as Flow).groups[0]?.consuming;
    await rig.sell("mug");
    await rig.applied(1);

    prototype.fetch = () => Promise.reject(new KafkaJSNonRetriableError("that was all"));
    try {
      await rig.sell("mug");
      await until("it is known to be dead", async () => (await consuming()) === false);
    } finally {
      prototype.fetch = fetch;
    }

    expectInOrder(await rig.applied(2, "till", 20_000), ["mug"], 2);
    await until("it consumes", consuming);
  });

  test("a client with nothing to do arms next to no timers", async () => {
    const script = fileURLToPath(new URL("./testing/idle-client.ts", import.meta.url));
    const timersOf = async (how: string) => {
      const args = [
        "--disable-warning=ExperimentalWarning",
        script,
        KAFKA_BROKERS as string,
        `${rig.topic}.${how}`,
        how,
      ];
      return Number((await promisify(execFile)(process.execPath, args)).stdout);
    };

    const [quiet, asItComes] = await Promise.all([timersOf("quiet"), timersOf("as-it-comes")]);

    expect(asItComes).toBeGreaterThan(100);
    expect(quiet).toBeLessThan(asItComes / 10);
  });
});
