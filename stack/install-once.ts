// What is downloaded or built once per user. It is made in a draft folder that is renamed when complete, so it either is
// there whole or is not there; of several stacks that want it at once, one makes it and the others wait.

import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { lockInstance } from "../runtime/embedded/instance-lock.ts";
import type { Surroundings } from "./server.ts";

export interface Installation {
  folder: string;
  make(draft: string): Promise<void>;
}

/** Returns when `folder` is there, making it when it is not. Throws what `make` throws. */
export async function installOnce({ folder, make }: Installation, { log, signal }: Surroundings): Promise<void> {
  if (existsSync(folder)) return;
  mkdirSync(dirname(folder), { recursive: true });
  const unlock = await takeTurn(`${folder}.turn`, log, signal);
  try {
    if (existsSync(folder)) return;
    const draft = `${folder}.new`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft);
    await make(draft);
    renameSync(draft, folder);
  } finally {
    unlock();
  }
}

async function takeTurn(folder: string, log: (line: string) => void, signal: AbortSignal): Promise<() => void> {
  mkdirSync(folder, { recursive: true });
  for (let waits = 0; ; waits++) {
    try {
      return lockInstance(folder);
    } catch {
      if (waits === 0) log(`waiting for another process that makes the same (${folder})`);
      await pause(500, undefined, { signal });
    }
  }
}
