import type { Machine } from "./machine.ts";
import type { Figures } from "./measure/figures.ts";
import type { Plan } from "./options.ts";
import { verdicts } from "./verdict.ts";

export interface Report {
  machine: Machine;
  plan: Plan;
  levels: readonly { shop: Figures; floor: Figures }[];
}

const COLUMNS: [string, (figures: Figures) => string][] = [
  ["orders/s", ({ ordersPerSecond }) => shown(ordersPerSecond, 0)],
  ["p50 ms", ({ p50 }) => shown(p50, 1)],
  ["p99 ms", ({ p99 }) => shown(p99, 1)],
  ["Node ms", ({ nodeMs }) => shown(nodeMs, 2)],
  ["Postgres ms", ({ postgresMs }) => shown(postgresMs, 2)],
  ["statements", ({ statements }) => shown(statements, 1)],
  ["errors", ({ errors }) => String(errors)],
  ["cores: Node", ({ busy }) => shown(busy.node, 2)],
  ["Postgres", ({ busy }) => shown(busy.postgres, 2)],
  ["machine", ({ busy }) => shown(busy.machine, 2)],
];

/** The table for people; times in milliseconds, CPU and statements per order. */
export function reportText({ machine, plan, levels }: Report): string {
  const { date, cpu, cores, node, postgres, durable } = machine;
  const rows = levels.flatMap((level) =>
    (["shop", "floor"] as const).map((who) => {
      const figures = level[who];
      const label = `${figures.clients}${figures.oneSku ? ", one SKU" : ""}`;
      return [who === "shop" ? label : "", who, ...COLUMNS.map(([, show]) => show(figures))];
    }),
  );
  const table = [["clients", "", ...COLUMNS.map(([heading]) => heading)], ...rows];
  return [
    "",
    `${date}  ${cores} cores, ${cpu}; Node ${node}, Postgres ${postgres}, ${durable ? "every commit on disk" : "NOT DURABLE"}`,
    `Confirmed orders of two lines; ${plan.seconds} s per level after ${plan.warmUpMs / 1_000} s of warm-up.`,
    "",
    ...aligned(table),
    "",
    ...verdicts(levels, cores),
    "",
  ].join("\n");
}

/** The same for programs, on one line; numbers to three decimals. */
export function reportJson({ machine, plan, levels }: Report): string {
  const { seconds, warmUpMs } = plan;
  const short = (_key: string, value: unknown) => (typeof value === "number" ? Number(value.toFixed(3)) : value);
  return JSON.stringify({ ...machine, seconds, warmUpMs, levels }, short);
}

export const shown = (value: number | undefined, digits: number): string =>
  value === undefined || Number.isNaN(value) ? "-" : value.toFixed(digits);

export function aligned(table: readonly string[][]): string[] {
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map((row) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join("  "),
  );
}
