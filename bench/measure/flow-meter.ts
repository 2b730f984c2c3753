import { readFileSync } from "node:fs";
import { readOwnAndMachine } from "./figures.ts";
import { parseStat, postgresCpuMs } from "./postgres-cpu.ts";

/** What it took to bring so many events somewhere. CPU in microseconds per event; undefined where it cannot be known. */
export interface FlowFigures {
  events: number;
  seconds: number;
  perSecond: number;
  nodeMicros: number;
  postgresMicros: number | undefined;
  brokerMicros: number | undefined;
  /** Cores that the whole machine kept busy. */
  cores: number;
  /** Of them, those that were busy with something else; undefined where it cannot be known. */
  others: number | undefined;
}

export interface Servers {
  postgresPid: number;
  brokerPid: number | undefined;
}

/** Begins to count; the function that it returns ends that. This process is the one that is measured. */
export function startMeter({ postgresPid, brokerPid }: Servers): (events: number) => FlowFigures {
  const read = () => ({
    at: performance.now(),
    ...readOwnAndMachine(),
    postgresMs: postgresCpuMs(postgresPid),
    brokerMs: processCpuMs(brokerPid),
  });
  const before = read();
  return (events) => {
    const after = read();
    const seconds = (after.at - before.at) / 1_000;
    const grown = (key: Exclude<keyof typeof after, "at">) => {
      const [from, to] = [before[key], after[key]];
      return from === undefined || to === undefined ? undefined : to - from;
    };
    const [node = 0, machine = 0] = [grown("loadMs"), grown("machineMs")];
    const [postgres, broker] = [grown("postgresMs"), grown("brokerMs")];
    const micros = (ms: number | undefined) => ms && (ms * 1_000) / events;
    const cores = (ms: number) => Math.max(0, ms) / 1_000 / seconds;
    return {
      events,
      seconds,
      perSecond: events / seconds,
      nodeMicros: (node * 1_000) / events,
      postgresMicros: micros(postgres),
      brokerMicros: micros(broker),
      cores: cores(machine),
      others: postgres === undefined ? undefined : cores(machine - node - postgres - (broker ?? 0)),
    };
  };
}

/** CPU time of a process so far, all its threads; undefined where nobody tells. */
export function processCpuMs(pid: number | undefined): number | undefined {
  if (pid === undefined || process.platform !== "linux") return undefined;
  return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8")).own;
}
