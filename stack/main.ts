// `npm run stack`: real servers for development and CI, without Docker. Prints the settings that point the system at them,
// stays in the foreground, and on Ctrl-C, on SIGTERM and when the process that started it is gone, ends what it
// started and nothing else. A server that is lost takes the stack down, and the exit code says so.

import { join } from "node:path";
import { exitWithParent } from "../runtime/exit-with-parent.ts";
import { busSettings } from "./bus-settings.ts";
import { openStack, type Stack } from "./open-stack.ts";
import { type Options, readOptions } from "./read-options.ts";
import { SERVERS } from "./servers.ts";
import { clearSettingsFile, removeSettingsFile, writeSettingsFile } from "./settings-file.ts";
import { settingsLines } from "./settings-lines.ts";

// What it writes is its owner's alone: mail, keys, passwords, settings.
process.umask(0o077);

/** A stop that takes longer than this is no clean one any more. */
const STOP_DEADLINE_MS = 25_000;

let options: Options | undefined;
let stack: Stack | undefined;
let stopping: Promise<never> | undefined;

const say = (line: string) => process.stderr.write(`${line}\n`);

function stop(code: number): Promise<never> {
  stopping ??= (async () => {
    setTimeout(() => process.exit(code || 1), STOP_DEADLINE_MS).unref();
    if (options?.envFile !== undefined) removeSettingsFile(options.envFile);
    await stack?.stop();
    process.exit(code);
  })();
  return stopping;
}

async function start(): Promise<void> {
  const began = performance.now();
  options = readOptions(process.argv.slice(2), process.env);
  const { servers, envFile } = options;
  if (envFile !== undefined) clearSettingsFile(envFile);

  stack = openStack({
    ...options,
    servers: Object.fromEntries(servers.map((name) => [name, SERVERS[name]])),
    env: process.env,
    log: say,
    onLoss: (name, how) => {
      say(`${name} ended by itself (${how}); its log is in ${options?.dataDir}/${name}. Stopping the rest.`);
      void stop(1);
    },
  });
  const ready = await stack.ready;
  const settings = servers.includes("redis")
    ? { ...ready, ...busSettings(join(options.dataDir, "credentials")) }
    : ready;
  if (stopping) return;
  process.stdout.write(settingsLines(settings));
  if (envFile !== undefined) writeSettingsFile(envFile, settings);
  say(`The stack is up (${((performance.now() - began) / 1_000).toFixed(1)} s). Ctrl-C stops it.`);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(0));
exitWithParent(() => void stop(0));
start().catch(async (error: Error) => {
  if (!stopping) say(error.message);
  await stop(1);
});
