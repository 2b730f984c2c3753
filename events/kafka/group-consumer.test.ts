import { expect, test } from "@jest/globals";
import { until } from "../../tests/support/until.ts";
import type { ConsumerGroup } from "../consumer/consumer-group.ts";
import { GroupConsumer } from "./group-consumer.ts";
import type { Consumption, KafkaClient } from "./kafka-client.ts";

const group = {
  name: "till",
  topics: ["shop.v1"],
  positions: async () => [{ topic: "shop.v1", generation: 1, caughtUp: 0 }],
} as unknown as ConsumerGroup;

test("a consumer that dies is left, replaced and meanwhile not called consuming", async () => {
  const begun: { die(error: Error): void; left: boolean }[] = [];
  const warnings: string[] = [];
  const consume = (): Consumption => {
    const { promise: over, reject } = Promise.withResolvers<void>();
    const one = { die: reject, left: false };
    begun.push(one);
    return {
      over,
      stop: async () => {
        one.left = true;
      },
    };
  };
  const client = {
    consume,
    ends: async () => new Map(),
    lags: async () => new Map([["shop.v1", 3]]),
  } as unknown as KafkaClient;
  const log = { info: () => {}, warn: (message: string) => void warnings.push(message) };
  const consumer = new GroupConsumer({ group, client, ensureTopic: async () => {}, log });
  await until("it consumes", () => begun.length === 1);
  const before = await consumer.lags();

  begun[0]?.die(new Error("bitten by a bug"));
  const meanwhile = await until("it noticed", async () => {
    const lags = await consumer.lags();
    return lags[0]?.consuming === false && lags;
  });
  await until("another takes its place", () => begun.length === 2);

  expect(before).toEqual([{ group: "till", topic: "shop.v1", events: 3, consuming: true }]);
  expect(meanwhile).toEqual([{ group: "till", topic: "shop.v1", events: 3, consuming: false }]);
  expect(begun[0]?.left).toBe(true);
  expect(warnings).toEqual(["till stopped consuming: bitten by a bug; again in 250 ms"]);
  await consumer.stop();
  expect(begun[1]?.left).toBe(true);
});
