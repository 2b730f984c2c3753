// The life of a server that is a plain program: its folder taken, a leftover of a killed run ended, launched in a process
// group of its own (a terminal's Ctrl-C is for the stack, which then stops its servers itself), asked until it is
// ready, and ended when the stack says so.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, realpathSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { lockInstance } from "../runtime/embedded/instance-lock.ts";
import { waitUntil } from "../runtime/wait-until.ts";
import { endProcess } from "./end-process.ts";
import { endLeftover, forgetProcess, recordProcess } from "./pid-file.ts";
import { describeExit, type RunningServer, type Settings, type Surroundings } from "./server.ts";
import { openServerLog, type ServerLog } from "./server-log.ts";

const READY_WITHIN_MS = 60_000; // recovery after a crash takes its time
const ANSWER_WITHIN_MS = 5_000; // not every client gives up on a server that accepts and says nothing

export interface Launch {
  command: string;
  args: string[];
  env?: Settings;
  settings: Settings;
  /** Asked again and again until true; an error is a "not yet". */
  isReady(): Promise<boolean>;
}

/**
 * Makes a server's start out of the function that says what to launch.
 * The start throws when the folder is in use, and with the end of the server's log when it does not come up.
 */
export function supervised(prepare: (given: Surroundings) => Promise<Launch>) {
  return async (asked: Surroundings): Promise<RunningServer> => {
    mkdirSync(asked.folder, { recursive: true, mode: 0o700 });
    const given = { ...asked, folder: realpathSync(asked.folder) };
    const unlock = lockInstance(given.folder);
    try {
      await endLeftover(given.folder, given.log);
      const launch = await prepare(given);
      given.signal.throwIfAborted();
      return await run(launch, given, unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  };
}

async function run(launch: Launch, given: Surroundings, unlock: () => void): Promise<RunningServer> {
  const log = openServerLog(given.folder);
  const child = spawnServer(launch, given, log);
  log.close();
  const exited = new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => resolve(describeExit(child)));
  });
  // Who waits for readiness or for the end looks at it later; a failed spawn must not count as unhandled until then.
  exited.catch(() => {});
  const recorded = child.pid === undefined ? undefined : recordProcess(given.folder, child.pid);

  const endWithUs = () => child.kill("SIGTERM");
  process.once("exit", endWithUs);
  const stop = async () => {
    if (recorded !== undefined) await endProcess(recorded);
    await exited;
    process.removeListener("exit", endWithUs);
    forgetProcess(given.folder);
    unlock();
  };
  try {
    await becomeReady({ launch, given, child, log, exited });
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
  return { settings: launch.settings, exited, stop };
}

function spawnServer({ command, args, env }: Launch, given: Surroundings, log: ServerLog): ChildProcess {
  // No variable of ours may steer a server elsewhere.
  const { PATH, HOME, TMPDIR } = given.env;
  return spawn(command, args, {
    cwd: given.folder,
    env: { PATH, HOME, TMPDIR, ...env },
    detached: true,
    stdio: ["ignore", log.descriptor, log.descriptor],
  });
}

type Start = { launch: Launch; given: Surroundings; child: ChildProcess; log: ServerLog; exited: Promise<string> };

async function becomeReady({ launch, given, child, log, exited }: Start): Promise<void> {
  const isOver = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const answers = () =>
    Promise.race([launch.isReady().catch(() => false), pause(ANSWER_WITHIN_MS, false, { ref: false })]);
  await waitUntil(async () => isOver() || given.signal.aborted || (await answers()), {
    what: `readiness (see ${log.file})`,
    withinMs: READY_WITHIN_MS,
    everyMs: 50,
  });
  given.signal.throwIfAborted();
  if (isOver()) throw new Error(`it ended at once (${await exited}); ${log.file} ends with:\n${log.tail()}`);
}
