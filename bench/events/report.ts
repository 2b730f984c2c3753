import type { Machine } from "../machine.ts";
import type { FlowFigures } from "../measure/flow-meter.ts";
import { median } from "../measure/median.ts";
import { aligned, shown } from "../report.ts";
import type { DriverFigures } from "./measure-flow.ts";
import { DELIVERIES, type OrdersFigures, type Slice } from "./measure-orders.ts";
import type { Options } from "./options.ts";
import { lossesOf, verdicts } from "./verdicts.ts";

export interface Report {
  machine: Machine;
  options: Options;
  flow: Record<"kafka" | "local", DriverFigures> | undefined;
  orders: OrdersFigures | undefined;
}

/** The tables for people. */
export function reportText({ machine, options, flow, orders }: Report): string {
  const { date, cpu, cores, node, postgres, durable } = machine;
  return [
    "",
    `${date}  ${cores} cores, ${cpu}; Node ${node}, Postgres ${postgres}, ${durable ? "every commit on disk" : "NOT DURABLE"}`,
    ...(flow === undefined ? [] : flowTables(flow, options)),
    ...(orders === undefined ? [] : ordersTable(orders, options)),
    "",
    ...verdicts({ flow, orders }),
    "",
  ].join("\n");
}

/** The same for programs, on one line; numbers to three decimals. */
export function reportJson({ machine, options, flow, orders }: Report): string {
  const short = (_key: string, value: unknown) => (typeof value === "number" ? Number(value.toFixed(3)) : value);
  const { events, seconds, rounds, clients } = options;
  return JSON.stringify({ ...machine, events, seconds, rounds, clients, flow, orders }, short);
}

function flowTables(flow: NonNullable<Report["flow"]>, { events }: Options): string[] {
  const row = (
    what: string,
    driver: string,
    { perSecond, nodeMicros, postgresMicros, brokerMicros, cores, others }: FlowFigures,
  ) => [
    what,
    driver,
    shown(perSecond, 0),
    shown(nodeMicros, 1),
    shown(postgresMicros, 1),
    shown(brokerMicros, 1),
    shown(cores, 2),
    shown(others, 2),
  ];
  const drivers = ["kafka", "local"] as const;
  const speed = [
    ["", "driver", "events/s", "Node us", "Postgres us", "broker us", "cores", "others"],
    ...drivers.map((driver) => row("relay", driver, flow[driver].relay)),
    ...drivers.map((driver) => row(driver === "local" ? "relay and reports" : "reports", driver, flow[driver].reports)),
  ];
  const latency = [
    ["commit to effect", "driver", "p50 ms", "p99 ms", "max ms"],
    ...drivers.map((driver) => {
      const { p50, p99, max } = flow[driver].latency;
      return ["", driver, shown(p50, 1), shown(p99, 1), shown(max, 1)];
    }),
  ];
  const samples = flow.kafka.latency.samples;
  return [
    `${events} confirmed orders of two lines in the outbox; CPU per event.`,
    ...["", ...aligned(speed)],
    ...["", `One event at a time, ${samples} of them, every 100 to 300 ms.`, "", ...aligned(latency)],
  ];
}

function ordersTable(orders: OrdersFigures, { clients, seconds, rounds }: Options): string[] {
  const columns: [string, (slice: Slice) => number | undefined, number][] = [
    ["orders/s", ({ ordersPerSecond }) => ordersPerSecond, 0],
    ["p50 ms", ({ p50 }) => p50, 1],
    ["p99 ms", ({ p99 }) => p99, 1],
    ["Node ms", ({ nodeMs }) => nodeMs, 2],
    ["Postgres ms", ({ postgresMs }) => postgresMs, 2],
    ["broker ms", ({ brokerMs }) => brokerMs, 2],
    ["statements", ({ statements }) => statements, 1],
    ["others", ({ others }) => others, 2],
    ["catch-up s", ({ catchUpMs }) => catchUpMs && catchUpMs / 1_000, 1],
    ["mails left", ({ mailsLeft }) => mailsLeft, 0],
  ];
  const rows = DELIVERIES.map((delivery) => {
    const slices = orders[delivery];
    const cells = columns.map(([, of, digits]) =>
      shown(median(slices.map((slice) => of(slice) ?? Number.NaN)), digits),
    );
    const losses = lossesOf(orders, delivery).map((loss) => 100 * loss);
    const [least, most] = [Math.min(...losses), Math.max(...losses)].map((each) => shown(each, 1));
    const lost = delivery === "nobody" ? ["-", "-"] : [shown(median(losses), 1), `${least} to ${most}`];
    return [delivery, "", ...lost, ...cells];
  });
  return [
    "",
    `Orders of ${clients} clients, medians of ${rounds} turns of ${seconds} s; CPU and statements per order.`,
    ...["", ...aligned([["delivered by", "", "loss %", "spread", ...columns.map(([heading]) => heading)], ...rows])],
  ];
}
