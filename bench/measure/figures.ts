import { cpus } from "node:os";
import type { LoopOutcome } from "../load/closed-loop.ts";
import type { Level } from "../options.ts";
import { percentile } from "./percentile.ts";

/** Running counts; only differences mean something. CPU in milliseconds. */
export interface Reading {
  /** Of the Node process that is measured: the shop's, or for the floor this one. */
  nodeMs: number;
  /** Undefined where the system does not tell. */
  postgresMs: number | undefined;
  statements: number;
  /** Of the process that makes the load, where that is another one. */
  loadMs: number;
  /** Of the whole machine, whoever used it. */
  machineMs: number;
}

export interface Figures extends Level {
  orders: number;
  errors: number;
  firstError: string | undefined;
  ordersPerSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** Milliseconds of CPU per order. */
  nodeMs: number;
  postgresMs: number | undefined;
  /** SQL statements per order. */
  statements: number;
  /** Cores kept busy on average. */
  busy: { node: number; postgres: number | undefined; load: number; machine: number };
}

/** CPU time that this process and the machine have used so far. */
export function readOwnAndMachine(): Pick<Reading, "loadMs" | "machineMs"> {
  const { user, system } = process.cpuUsage();
  const busy = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { loadMs: (user + system) / 1_000, machineMs: busy };
}

export function figuresOf(level: Level, outcome: LoopOutcome<Reading>): Figures {
  const { latencies, errors, firstError, seconds, before, after } = outcome;
  const sorted = Float64Array.from(latencies).sort();
  const orders = latencies.length;
  const grown = (key: keyof Reading) => (after[key] ?? Number.NaN) - (before[key] ?? Number.NaN);
  const cores = (key: keyof Reading) => grown(key) / 1_000 / seconds;
  const told = <T>(value: T) => (before.postgresMs === undefined ? undefined : value);
  return {
    ...level,
    orders,
    errors,
    firstError,
    ordersPerSecond: orders / seconds,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    nodeMs: grown("nodeMs") / orders,
    postgresMs: told(grown("postgresMs") / orders),
    statements: grown("statements") / orders,
    busy: {
      node: cores("nodeMs"),
      postgres: told(cores("postgresMs")),
      load: cores("loadMs"),
      machine: cores("machineMs"),
    },
  };
}
