// What the figures mean, beside what the bridge is to reach.
import { median } from "../measure/median.ts";
import type { DriverFigures } from "./measure-flow.ts";
import type { Delivery, OrdersFigures } from "./measure-orders.ts";

const RELAYED_PER_SECOND = 20_000;
const REPORTED_PER_SECOND = 10_000;
const EFFECT_WITHIN_MS = 50;
const MOST_LOSS = 0.1;
/** Cores that others may use before the figures say little. */
const NOISE = 0.25;

type Speeds = Record<"kafka" | "local", { relay: Speed; reports: Speed; latency: { p99: number } }>;
type Speed = Pick<DriverFigures["relay"], "perSecond" | "others">;
type Rates = Record<Delivery, readonly Pick<OrdersFigures["nobody"][number], "ordersPerSecond" | "others">[]>;

/** One sentence per aim, and one more when the machine was not quiet. */
export function verdicts({ flow, orders }: { flow: Speeds | undefined; orders: Rates | undefined }): string[] {
  const sentences: string[] = [];
  const judge = (what: string, isReached: boolean, aim: string) =>
    sentences.push(`${what}; aim ${aim} ${isReached ? "reached" : "missed"}.`);
  if (flow !== undefined) {
    const { relay, reports } = flow.kafka;
    const shown = (speed: Speed) => `${speed.perSecond.toFixed(0)} events/s`;
    judge(`Relay to Kafka: ${shown(relay)}`, relay.perSecond >= RELAYED_PER_SECOND, `${RELAYED_PER_SECOND}`);
    const slower = reports.perSecond < flow.local.reports.perSecond ? reports : flow.local.reports;
    const reaches = slower.perSecond >= REPORTED_PER_SECOND;
    judge(`Reports, by the slower driver: ${shown(slower)}`, reaches, `${REPORTED_PER_SECOND}`);
    const p99 = Math.max(flow.kafka.latency.p99, flow.local.latency.p99);
    const what = `Commit to effect, by the slower driver: ${p99.toFixed(1)} ms p99`;
    judge(what, p99 < EFFECT_WITHIN_MS, `under ${EFFECT_WITHIN_MS} ms`);
  }
  if (orders !== undefined) {
    for (const driver of ["local", "kafka"] as const) {
      const loss = median(lossesOf(orders, driver));
      const what = `Orders lost to the bridge (${driver}): ${(100 * loss).toFixed(1)} %`;
      judge(what, loss < MOST_LOSS, `under ${100 * MOST_LOSS} %`);
    }
  }
  const slices = orders === undefined ? [] : Object.values(orders).flat();
  const flows = flow === undefined ? [] : Object.values(flow).flatMap(({ relay, reports }) => [relay, reports]);
  const others = Math.max(0, ...[...slices, ...flows].map((each) => each.others || 0));
  if (others > NOISE) {
    sentences.push(`Others kept up to ${others.toFixed(2)} cores busy: these are not the figures of a quiet machine.`);
  }
  return sentences;
}

/** Shares of the orders/s that are lost, each turn against nobody's turn of the same round. */
export const lossesOf = (orders: Rates, delivery: Delivery): number[] =>
  orders[delivery].map(({ ordersPerSecond }, round) => {
    const alone = orders.nobody[round]?.ordersPerSecond ?? Number.NaN;
    return 1 - ordersPerSecond / alone;
  });
