import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const STARTTIME = 19; // field 22 of proc(5) stat, counted from the state, which follows the command's name

/**
 * A name that belongs to this one run of this one process: pids are handed out again, a pid with its start time is not.
 * Undefined when nothing runs under the pid. A zombie does not run: it only waits for its parent, perhaps for ever.
 */
export function identifyProcess(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return process.platform === "linux" ? identifyOnLinux(pid) : identifyByPs(pid);
}

function identifyOnLinux(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z" || fields[0] === "X") return undefined;
  // Start times count from boot, so the boot is part of the name.
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return `${pid} ${boot} ${fields[STARTTIME]}`;
}

function identifyByPs(pid: number): string | undefined {
  try {
    const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
    const line = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8", env }).trim();
    const [state = "", ...started] = line.split(/\s+/);
    return state === "" || state.startsWith("Z") ? undefined : `${pid} ${started.join(" ")}`;
  } catch {
    return undefined;
  }
}
