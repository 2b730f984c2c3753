import { identifyProcess } from "../runtime/process-identity.ts";
import { waitUntil } from "../runtime/wait-until.ts";

const KILLED_WITHIN_MS = 5_000;

export interface Ending {
  pid: number;
  /** Of that run of that process: a stranger who got the pid since is left alone. */
  identity: string;
  /** What a clean end may take; SIGKILL follows. */
  withinMs?: number;
}

/** Ends one process, gently first. Throws when it is still there after SIGKILL, or is not ours to signal. */
export async function endProcess({ pid, identity, withinMs = 10_000 }: Ending): Promise<void> {
  const gone = () => identifyProcess(pid) !== identity;
  if (gone()) return;
  signalProcess(pid, "SIGTERM");
  try {
    await waitUntil(gone, { what: `the end of process ${pid}`, withinMs });
  } catch {
    signalProcess(pid, "SIGKILL");
    await waitUntil(gone, { what: `the end of process ${pid}`, withinMs: KILLED_WITHIN_MS });
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
