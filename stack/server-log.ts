import { closeSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

const KEPT_BYTES = 10_000_000;
const SHOWN_CHARACTERS = 2_000;

export interface ServerLog {
  file: string;
  descriptor: number;
  close(): void;
  /** The end of what was written since it was opened. */
  tail(): string;
}

/** Opens `server.log` for appending; a large one is set aside first. */
export function openServerLog(folder: string): ServerLog {
  const file = join(folder, "server.log");
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > KEPT_BYTES) renameSync(file, `${file}.1`);
  const descriptor = openSync(file, "a", 0o600);
  const offset = statSync(file).size;
  return {
    file,
    descriptor,
    close: () => closeSync(descriptor),
    tail: () => readFileSync(file).subarray(offset).toString().trim().slice(-SHOWN_CHARACTERS),
  };
}
