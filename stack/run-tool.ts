import { spawn } from "node:child_process";
import { describeExit, type Surroundings } from "./server.ts";

export interface ToolRun {
  command: string;
  args: string[];
  cwd: string;
  /** Its output is shown only if it fails: for what is over in a moment. */
  quiet?: boolean;
}

/**
 * Runs a program to its end, its output going to stderr: stdout belongs to the settings.
 * Throws when it fails, and when the stack stops first, which ends it and what it started.
 */
export async function runTool({ command, args, cwd, quiet = false }: ToolRun, given: Surroundings): Promise<void> {
  given.signal.throwIfAborted();
  const child = spawn(command, args, {
    cwd,
    env: given.env,
    detached: true,
    stdio: ["ignore", quiet ? "pipe" : 2, quiet ? "pipe" : 2],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => output.push(String(chunk)));
  // A build tool's compilers outlive it unless the whole group hears of the end.
  const endGroup = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
    } catch {}
  };
  process.once("exit", endGroup);
  given.signal.addEventListener("abort", endGroup);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        const wrote = quiet ? `: ${output.join("").trim().slice(-2_000)}` : "; see what it wrote above";
        if (code === 0) resolve();
        else reject(new Error(`${command} failed (${describeExit(child)})${wrote}`));
      });
    });
  } finally {
    given.signal.removeEventListener("abort", endGroup);
    process.removeListener("exit", endGroup);
  }
}
