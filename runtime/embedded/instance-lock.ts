// One instance per data folder. The lock is a row of numbered files, `instance.1.lock`, `instance.2.lock`, ...: the newest
// says who owns the folder. A dead owner is succeeded by creating the next number, which only one process can do;
// deleting a dead owner's file instead would let a slow process delete the file of its successor. The newest file is
// therefore never deleted: release marks it as free.

import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identifyProcess } from "../process-identity.ts";

type Owner = { pid: number; identity: string };

/**
 * Takes the folder for this process and returns the function that gives it back.
 * Throws when a live process owns it, this very process included; a dead owner is succeeded.
 */
export function lockInstance(dataDir: string, name = "instance"): () => void {
  mkdirSync(dataDir, { recursive: true });
  const fileOf = (generation: number) => join(dataDir, `${name}.${generation}.lock`);
  const identity = identifyProcess(process.pid) ?? String(process.pid);

  for (;;) {
    const newest = newestGeneration(dataDir, name);
    const owner = newest === 0 ? undefined : readOwner(fileOf(newest));
    if (owner !== undefined && identifyProcess(owner.pid) === owner.identity) throw folderInUse(dataDir, owner.pid);

    const generation = newest + 1;
    if (!createWhole(dataDir, fileOf(generation), { pid: process.pid, identity })) continue;
    if (newestGeneration(dataDir, name) > generation) {
      rmSync(fileOf(generation), { force: true });
      continue;
    }
    removeOlder(dataDir, name, generation);

    let released = false;
    return () => {
      if (released) return;
      released = true;
      replaceWhole(dataDir, fileOf(generation), { pid: 0, identity: "released" });
    };
  }
}

function folderInUse(dataDir: string, pid: number): Error {
  return new Error(
    `The data folder ${dataDir} is in use by process ${pid}. Stop that one first, or choose another folder with DATA_DIR.`,
  );
}

function generationsIn(dataDir: string, name: string): number[] {
  return readdirSync(dataDir)
    .filter((file) => file.startsWith(`${name}.`) && file.endsWith(".lock"))
    .map((file) => Number(file.slice(name.length + 1, -".lock".length)))
    .filter((generation) => Number.isInteger(generation));
}

const newestGeneration = (dataDir: string, name: string): number => Math.max(0, ...generationsIn(dataDir, name));

function removeOlder(dataDir: string, name: string, generation: number): void {
  for (const older of generationsIn(dataDir, name).filter((each) => each < generation)) {
    rmSync(join(dataDir, `${name}.${older}.lock`), { force: true });
  }
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

function writeDraft(dataDir: string, owner: Owner): string {
  const draft = join(dataDir, `.lock-${randomUUID()}`);
  writeFileSync(draft, JSON.stringify(owner));
  return draft;
}

// A link appears with its content already in it; a file made with O_EXCL is empty for a moment, and would look ownerless.
function createWhole(dataDir: string, file: string, owner: Owner): boolean {
  const draft = writeDraft(dataDir, owner);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function replaceWhole(dataDir: string, file: string, owner: Owner): void {
  try {
    renameSync(writeDraft(dataDir, owner), file);
  } catch (error) {
    // The whole folder was removed meanwhile: there is nothing left to give back.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
