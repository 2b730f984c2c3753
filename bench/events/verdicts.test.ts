import { expect, test } from "@jest/globals";
import { lossesOf, verdicts } from "./verdicts.ts";

const rates = (...each: number[]) => each.map((ordersPerSecond) => ({ ordersPerSecond, others: 0.1 }));
const flowOf = (perSecond: number, p99: number, others = 0) => ({
  relay: { perSecond, others },
  reports: { perSecond, others: undefined },
  latency: { p99 },
});

test("holds each turn against nobody's turn of the same round", () => {
  const orders = { nobody: rates(100, 200), local: rates(90, 150), kafka: rates(100, 220) };

  expect(lossesOf(orders, "local")).toEqual([0.1, 0.25].map((each) => expect.closeTo(each)));
  expect(lossesOf(orders, "kafka")).toEqual([0, -0.1].map((each) => expect.closeTo(each)));
});

test("says of each aim whether it was reached, by the slower driver", () => {
  const flow = { kafka: flowOf(21_000, 12), local: flowOf(9_000, 60) };
  const orders = { nobody: rates(100), local: rates(95), kafka: rates(80) };

  expect(verdicts({ flow, orders })).toEqual([
    "Relay to Kafka: 21000 events/s; aim 20000 reached.",
    "Reports, by the slower driver: 9000 events/s; aim 10000 missed.",
    "Commit to effect, by the slower driver: 60.0 ms p99; aim under 50 ms missed.",
    "Orders lost to the bridge (local): 5.0 %; aim under 10 % reached.",
    "Orders lost to the bridge (kafka): 20.0 %; aim under 10 % missed.",
  ]);
});

test("says when somebody else was busy", () => {
  const flow = { kafka: flowOf(21_000, 12, 0.8), local: flowOf(21_000, 12) };

  expect(verdicts({ flow, orders: undefined }).at(-1)).toBe(
    "Others kept up to 0.80 cores busy: these are not the figures of a quiet machine.",
  );
});

test("says nothing of what was not measured", () => {
  expect(verdicts({ flow: undefined, orders: undefined })).toEqual([]);
});
