import { readdirSync, readFileSync } from "node:fs";

/** Linux tells CPU time in hundredths of a second, whatever the kernel's own clock. */
const MS_PER_TICK = 10;

export interface ProcessTimes {
  parent: number;
  /** Milliseconds, user and system. */
  own: number;
  /** Milliseconds of the children that have ended and were waited for, and of theirs. */
  reaped: number;
}

/** Reads `/proc/<pid>/stat`. The name of the program comes second, in brackets, and may hold spaces and brackets itself. */
export function parseStat(stat: string): ProcessTimes {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user, system, reapedUser, reapedSystem] = fields.slice(11, 15).map(Number) as [number, number, number, number];
  return {
    parent: Number(fields[1]),
    own: (user + system) * MS_PER_TICK,
    reaped: (reapedUser + reapedSystem) * MS_PER_TICK,
  };
}

/**
 * The CPU time of a Postgres server so far, in milliseconds: of the postmaster, of its children, and of those that came and
 * went, which it inherits when they end. Undefined where there is no /proc.
 */
export function postgresCpuMs(postmaster: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  let total = 0;
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    const times = Number.isInteger(pid) ? readTimes(pid) : undefined;
    if (times === undefined) continue;
    if (pid === postmaster) total += times.own + times.reaped;
    else if (times.parent === postmaster) total += times.own;
  }
  return total;
}

function readTimes(pid: number): ProcessTimes | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined; // ended since it was listed
  }
}
