// How fast events flow when many wait: out of an outbox, and into the reports.
import type { EventDriver } from "../../events/driver.ts";
import { type FlowFigures, type Servers, startMeter } from "../measure/flow-meter.ts";
import { fillOutbox } from "./confirmed-orders.ts";
import { type LatencyFigures, measureLatency } from "./measure-latency.ts";
import type { DriverName, Rig } from "./rig.ts";

export interface DriverFigures {
  /** From the start of the relay until every row is marked. */
  relay: FlowFigures;
  /** Kafka: from joining the group until every event of the topic is applied. Local: relayed and applied in one go. */
  reports: FlowFigures;
  latency: LatencyFigures;
}

interface Measuring {
  rig: Rig;
  servers: Servers;
  events: number;
  samples: number;
  say: (line: string) => void;
}

export async function measureKafka({ rig, servers, events, samples, say }: Measuring): Promise<DriverFigures> {
  say("kafka: warming up ...");
  const warmUp = Math.ceil(events / 4);
  await fillOutbox(rig.orders, warmUp);
  await relayAll(rig, "kafka", warmUp);
  await consuming(rig, "kafka", () => rig.applied(warmUp));
  await rig.clear();

  await fillOutbox(rig.orders, events);
  await rig.tidy();
  const relayed = startMeter(servers);
  await relayAll(rig, "kafka", events);
  const relay = relayed(events);
  say(`kafka: ${relay.perSecond.toFixed(0)} events/s relayed`);

  return consuming(rig, "kafka", async (driver) => {
    const applied = startMeter(servers);
    await rig.applied(events);
    const reports = applied(events);
    say(`kafka: ${reports.perSecond.toFixed(0)} events/s into the reports`);
    const latency = await measureLatency(rig, driver, samples);
    say(`kafka: ${latency.p99.toFixed(1)} ms p99 from commit to effect`);
    return { relay, reports, latency };
  });
}

export async function measureLocal({ rig, servers, events, samples, say }: Measuring): Promise<DriverFigures> {
  await rig.clear();
  await fillOutbox(rig.orders, events);
  await rig.tidy();
  const relayed = startMeter(servers);
  await relayAll(rig, "local", events);
  const relay = relayed(events);
  say(`local: ${relay.perSecond.toFixed(0)} events/s relayed to nobody`);

  await rig.clear();
  await fillOutbox(rig.orders, events);
  await rig.tidy();
  const applied = startMeter(servers);
  return consuming(rig, "local", async (driver) => {
    await relayAll(rig, driver, events);
    await rig.applied(events);
    const reports = applied(events);
    say(`local: ${reports.perSecond.toFixed(0)} events/s relayed and applied`);
    const latency = await measureLatency(rig, driver, samples);
    say(`local: ${latency.p99.toFixed(1)} ms p99 from commit to effect`);
    return { relay, reports, latency };
  });
}

/** Resolves when so many are marked. */
async function relayAll(rig: Rig, over: DriverName | EventDriver, events: number): Promise<void> {
  const driver = typeof over === "string" ? rig.driver(over) : over;
  const { promise: all, resolve } = Promise.withResolvers<void>();
  let published = 0;
  const relay = rig.relay(driver, (count) => {
    published += count;
    if (published >= events) resolve();
  });
  relay.start();
  await all;
  await relay.stop();
  if (typeof over === "string") await driver.close();
}

async function consuming<T>(rig: Rig, name: DriverName, work: (driver: EventDriver) => Promise<T>): Promise<T> {
  const driver = rig.driver(name);
  driver.subscribe(rig.group);
  try {
    return await work(driver);
  } finally {
    await driver.stopDelivering();
    await driver.close();
  }
}
