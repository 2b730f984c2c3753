// The file of `--env`. It is there exactly while the stack is up: whoever waits for it waits for readiness, and never reads
// the settings of a stack that is gone. A file that somebody else wrote, or another stack that is up, is not touched.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { identifyProcess } from "../runtime/process-identity.ts";
import type { Settings } from "./server.ts";
import { settingsLines } from "./settings-lines.ts";

const MARK = "# Made by `npm run stack`, which removes it when it stops. Process: ";

/** Makes sure that there is no file yet. Throws when there is one that no dead stack left behind. */
export function clearSettingsFile(file: string): void {
  const found = readFile(file);
  if (found === undefined) return;
  const owner = ownerOf(found);
  if (owner === undefined) {
    throw new Error(`${file} was not made by the stack and is left as it is: give another name to --env`);
  }
  if (owner !== ourIdentity() && identifyProcess(Number.parseInt(owner, 10)) === owner) {
    throw new Error(`${file} belongs to a stack that is up (process ${Number.parseInt(owner, 10)})`);
  }
  rmSync(file, { force: true });
}

/** Writes it whole: a reader sees all of it or none. For its owner alone, since passwords are in it. */
export function writeSettingsFile(file: string, settings: Settings): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, `${MARK}${ourIdentity()}\n${settingsLines(settings)}`, { mode: 0o600 });
  renameSync(draft, file);
}

/** Removes the file if it is still this process's. */
export function removeSettingsFile(file: string): void {
  if (ownerOf(readFile(file) ?? "") === ourIdentity()) rmSync(file, { force: true });
}

const ourIdentity = (): string => identifyProcess(process.pid) ?? String(process.pid);

function ownerOf(content: string): string | undefined {
  const [first = ""] = content.split("\n");
  return first.startsWith(MARK) ? first.slice(MARK.length) : undefined;
}

function readFile(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
