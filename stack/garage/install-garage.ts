import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findProgram, missingPrograms } from "../find-program.ts";
import { installOnce } from "../install-once.ts";
import { runTool } from "../run-tool.ts";
import type { Prerequisite, Surroundings } from "../server.ts";

const VERSION = "2.5.0";
const OR = `or put a garage ${VERSION} on the PATH`;
const NEEDED = [
  { program: "cargo", advice: `install a current Rust (https://rustup.rs), ${OR}` },
  { program: "cc", advice: `apt-get install build-essential, ${OR}` },
];

type Env = Surroundings["env"];

const folderIn = (cacheDir: string): string => join(cacheDir, `garage-${VERSION}`);

/** What a build would need; nothing when no build is needed. */
export function missingForGarage(env: Env, cacheDir: string): Prerequisite[] {
  const isThere = garageOnPath(env) !== undefined || existsSync(folderIn(cacheDir));
  return isThere ? [] : missingPrograms(NEEDED, env);
}

/** Returns the program: one from the PATH, else the one that is built at the first start. */
export async function installGarage(given: Surroundings): Promise<string> {
  const onPath = garageOnPath(given.env);
  if (onPath !== undefined) return onPath;
  const folder = folderIn(given.cacheDir);
  const build = `${folder}.build`; // kept when interrupted: the next build goes on from there
  const make = async (draft: string) => {
    given.log(`building Garage ${VERSION}, the S3 server (once; seven minutes or more on two cores)`);
    const args = ["install", "garage", "--version", VERSION, "--locked"];
    args.push("--no-default-features", "--features", "lmdb,bundled-libs", "--root", draft, "--target-dir", build);
    await runTool({ command: "cargo", args, cwd: draft }, given);
    rmSync(build, { recursive: true, force: true });
  };
  await installOnce({ folder, make }, given);
  return join(folder, "bin", "garage");
}

// By what it can do, not by its version: older ones cannot set themselves up.
function garageOnPath(env: Env): string | undefined {
  const program = findProgram("garage", env);
  if (program === undefined) return undefined;
  const { stdout } = spawnSync(program, ["server", "--help"], { encoding: "utf8", timeout: 5_000 });
  return stdout?.includes("--default-bucket") ? program : undefined;
}
