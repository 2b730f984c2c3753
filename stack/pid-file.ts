// A stack that is killed with -9 leaves its servers running. Each server's pid file names it together with its start time,
// so that the next start ends that very process, and never a stranger to whom the system gave the same pid.

import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identifyProcess } from "../runtime/process-identity.ts";
import { endProcess } from "./end-process.ts";

export interface Recorded {
  pid: number;
  identity: string;
}

const fileIn = (folder: string): string => join(folder, "server.pid");

/** Remembers the process that works in this folder. Undefined when it has ended already. */
export function recordProcess(folder: string, pid: number): Recorded | undefined {
  const identity = identifyProcess(pid);
  if (identity === undefined) return undefined;
  const draft = `${fileIn(folder)}.new`;
  writeFileSync(draft, JSON.stringify({ pid, identity }));
  renameSync(draft, fileIn(folder));
  return { pid, identity };
}

/** Forgets it: to be called when it has ended. */
export function forgetProcess(folder: string): void {
  rmSync(fileIn(folder), { force: true });
}

/** Ends the process that an earlier run left behind in this folder, if there is one. */
export async function endLeftover(folder: string, log: (line: string) => void): Promise<void> {
  const left = readRecord(fileIn(folder));
  if (left !== undefined && identifyProcess(left.pid) === left.identity) {
    log(`ending the server that an earlier run left behind (process ${left.pid})`);
    await endProcess(left);
  }
  forgetProcess(folder);
}

function readRecord(file: string): Recorded | undefined {
  try {
    const { pid, identity } = JSON.parse(readFileSync(file, "utf8")) as Partial<Recorded>;
    return typeof pid === "number" && typeof identity === "string" ? { pid, identity } : undefined;
  } catch {
    return undefined;
  }
}
