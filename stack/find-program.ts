import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Prerequisite } from "./server.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The file that a shell would run for this name, or undefined. */
export function findProgram(name: string, env: Env): string | undefined {
  return (env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** Those of the prerequisites that are not on the PATH. */
export function missingPrograms(needed: readonly Prerequisite[], env: Env): Prerequisite[] {
  return needed.filter(({ program }) => findProgram(program, env) === undefined);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
