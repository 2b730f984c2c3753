// A process of ours that is killed with -9 leaves its Postgres running. The next start finds it by postmaster.pid, ends it
// and goes on with its data; a pid file that names a process which is not that Postgres must not stop anyone.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identifyProcess } from "../process-identity.ts";
import { waitUntil } from "../wait-until.ts";

const NO_PROCESS = 2 ** 31 - 1; // beyond every system's largest pid
const FAST_SHUTDOWN_MS = 10_000;
const IMMEDIATE_SHUTDOWN_MS = 5_000;

/** Makes sure that no Postgres runs on this cluster. Throws when one does and will not go, or is not ours to end. */
export async function reclaimCluster(cluster: string, log: (line: string) => void): Promise<void> {
  const file = join(cluster, "postmaster.pid");
  if (!existsSync(file)) return;
  const lines = readFileSync(file, "utf8").split("\n");
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;

  if (isPostmasterOf(pid, cluster)) {
    log(`ending the Postgres that an earlier run left behind (process ${pid})`);
    await endPostmaster(pid);
  } else if (isTaken(pid)) {
    // The pid went to a stranger (or is a zombie), and Postgres would take that for a live postmaster. The file itself
    // must stay: by the shared memory that it names, Postgres checks for orphaned backends of the dead postmaster.
    writeFileSync(file, [String(NO_PROCESS), ...lines.slice(1)].join("\n"));
  }
}

/** Ends a postmaster: fast first, then at once (its data then recovers at the next start). Throws when it will not end. */
export async function endPostmaster(pid: number): Promise<void> {
  const identity = identifyProcess(pid);
  const gone = () => identity === undefined || identifyProcess(pid) !== identity;
  const attempts: [NodeJS.Signals, number][] = [
    ["SIGINT", FAST_SHUTDOWN_MS],
    ["SIGQUIT", IMMEDIATE_SHUTDOWN_MS],
  ];
  for (const [signal, withinMs] of attempts) {
    if (gone()) return;
    signalPostmaster(pid, signal);
    try {
      await waitUntil(gone, { what: `the end of Postgres (process ${pid})`, withinMs });
      return;
    } catch (error) {
      if (signal === "SIGQUIT") throw error;
    }
  }
}

function signalPostmaster(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return;
    throw new Error(`A Postgres of another user (process ${pid}) runs on this data folder.`, { cause: error });
  }
}

function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function isPostmasterOf(pid: number, cluster: string): boolean {
  if (identifyProcess(pid) === undefined) return false;
  if (process.platform !== "linux") return commandByPs(pid).includes(`-D ${cluster}`);
  if (!/(^|\/)postgres\0/.test(readProc(pid, "cmdline"))) return false;
  try {
    // Where it works, not what it was called with: the folder may have been copied or moved while it ran.
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    return readProc(pid, "cmdline").split("\0").includes(cluster);
  }
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

function commandByPs(pid: number): string {
  try {
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}
