// A broker that is not there, dies, or says nothing: orders are none the wiser, and no event is lost, doubled or out of order.
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import type { Flow } from "../contract/bridge-actions.ts";
import { canStartBroker, type OwnBroker, ownBroker, warnWithoutBroker } from "../tests/support/own-broker.ts";
import { until } from "../tests/support/until.ts";
import { openRig, type Rig } from "./testing/bridge-rig.ts";
import { expectInOrder } from "./testing/in-order.ts";
import { type SecuredListener, securedListener } from "./testing/secured-listener.ts";

warnWithoutBroker();

/** On a busy machine a broker takes a quarter of a minute to start. */
const WITHIN_MS = 120_000;
const SKUS = Array.from({ length: 10 }, (_, i) => `sku-${i}`);

(canStartBroker ? describe : describe.skip)("when the broker", () => {
  let broker: OwnBroker;
  let secured: SecuredListener;
  beforeAll(async () => {
    secured = await securedListener();
    broker = await ownBroker(secured.adjust);
  });
  afterAll(async () => {
    await broker.remove();
    secured.remove();
  }, WITHIN_MS);

  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig("kafka", { brokers: [broker.address], sessionTimeoutMs: 6_000 });
  });
  afterEach(() => rig.close(), WITHIN_MS);

  const flowOf = (node: ServiceBroker, service: string) => node.call(`${service}.bridge.flow`, {}) as Promise<Flow>;

  test(
    "is down, the node starts all the same, the outbox is seen growing, and drains in order when it comes up",
    async () => {
      const began = performance.now();
      const node = await rig.node();
      const took = performance.now() - began;
      for (let i = 0; i < 5; i++) await rig.sell(...SKUS);
      const down = await flowOf(node, "shop");
      const consumers = await flowOf(node, "till");

      await broker.start();

      expect(took).toBeLessThan(2_000);
      expect(down).toMatchObject({ unsent: 50 });
      expect(down.oldestSeconds).toBeGreaterThan(0);
      expect(consumers.groups).toMatchObject([{ consuming: false }]);
      expectInOrder(await rig.applied(50, "till", 30_000), SKUS, 5);
      await rig.published();
    },
    WITHIN_MS,
  );

  test(
    "is killed while events flow and comes back, everything goes on by itself",
    async () => {
      const node = await rig.node();
      await rig.sell(...SKUS);
      await rig.applied(10, "till", 20_000);
      const selling = sellMeanwhile();

      await broker.kill();
      await until("the outbox grows", async () => (await flowOf(node, "shop")).unsent > 50);
      await broker.start();

      const rounds = 1 + (await selling.end());
      expectInOrder(await rig.applied(10 * rounds, "till", 40_000), SKUS, rounds);
      await rig.published();
      await until("consuming", async () => (await flowOf(node, "till")).groups[0]?.consuming);
    },
    WITHIN_MS,
  );

  test(
    "freezes for some seconds, the flow can be asked for meanwhile, and everything goes on afterwards",
    async () => {
      const node = await rig.node();
      await rig.sell(...SKUS);
      await rig.applied(10, "till", 20_000);
      const selling = sellMeanwhile();

      broker.freeze();
      const asked: number[] = [];
      try {
        await until("seconds go by", async () => {
          const began = performance.now();
          const { oldestSeconds } = await flowOf(node, "shop");
          await flowOf(node, "till");
          asked.push(performance.now() - began);
          return oldestSeconds > 4;
        });
      } finally {
        broker.thaw();
      }

      const rounds = 1 + (await selling.end());
      expect(Math.max(...asked)).toBeLessThan(4_000);
      expectInOrder(await rig.applied(10 * rounds, "till", 40_000), SKUS, rounds);
      await rig.published();
    },
    WITHIN_MS,
  );

  test(
    "is frozen for good, a node stops all the same",
    async () => {
      const node = await rig.node();
      await rig.sell(...SKUS);
      await rig.applied(10, "till", 20_000);

      broker.freeze();
      try {
        await rig.sell(...SKUS);
        const began = performance.now();
        await rig.stop(node);
        expect(performance.now() - began).toBeLessThan(10_000);
      } finally {
        broker.thaw();
      }
    },
    WITHIN_MS,
  );

  test(
    "wants TLS and a password, the right ones open it and a wrong one does not",
    async () => {
      const { tls, sasl } = secured;
      const right = await openRig("kafka", { brokers: [secured.address], tls, sasl });
      const wrong = await openRig("kafka", { brokers: [secured.address], tls, sasl: { ...sasl, password: "guessed" } });
      const unknown = await openRig("kafka", { brokers: [secured.address], tls: true, sasl });
      try {
        const said = { wrong: "", unknown: "" };
        const hear = (who: "wrong" | "unknown") => ({
          info: () => {},
          warn: (message: string) => {
            said[who] += message;
          },
        });
        await right.node();
        await wrong.node({ log: hear("wrong") });
        await unknown.node({ log: hear("unknown") });
        for (const each of [right, wrong, unknown]) await each.sell("mug");

        await right.applied(1);
        await until("refused", () => /authentication/i.test(said.wrong) && /self.signed/i.test(said.unknown));
        expect(await wrong.unsent()).toBe(1);
      } finally {
        for (const each of [right, wrong, unknown]) await each.close();
      }
    },
    WITHIN_MS,
  );

  /** Sells one of each, again and again, until told to end. */
  function sellMeanwhile(): { end(): Promise<number> } {
    let ending = false;
    const rounds = (async () => {
      for (let round = 0; ; round++) {
        if (ending) return round;
        await rig.sell(...SKUS);
        await pause(20);
      }
    })();
    return {
      end: () => {
        ending = true;
        return rounds;
      },
    };
  }
});
