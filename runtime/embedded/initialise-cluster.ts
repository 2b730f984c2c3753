// The first start. initdb works in a folder of its own which is renamed when complete, so a cluster either is there whole
// or is not there: a start that was killed halfway begins again.

import { randomBytes } from "node:crypto";
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Launcher } from "./run-unprivileged.ts";

export const ADMIN_USER = "postgres";
const DRAFT = "cluster.new-";

export type ClusterOptions = {
  dataDir: string;
  initdb: string;
  launcher: Launcher;
  durable: boolean;
  log(line: string): void;
};

export const clusterDir = (dataDir: string): string => join(dataDir, "cluster");
const passwordFile = (dataDir: string): string => join(dataDir, "admin-password");

/**
 * Makes the cluster unless it exists, and returns the superuser's password.
 * Throws when initdb fails, or when the password of an existing cluster is lost.
 */
export async function initialiseCluster(options: ClusterOptions): Promise<string> {
  const { dataDir, launcher, log } = options;
  if (existsSync(clusterDir(dataDir))) return readPassword(dataDir);

  removeDrafts(dataDir);
  log("creating a new Postgres cluster");
  const password = writePassword(dataDir, launcher);
  const draft = join(dataDir, `${DRAFT}${randomBytes(4).toString("hex")}`);
  await runInitdb(options, draft);
  renameSync(draft, clusterDir(dataDir));
  syncFolder(dataDir);
  return password;
}

function readPassword(dataDir: string): string {
  const file = passwordFile(dataDir);
  if (!existsSync(file)) throw new Error(`${file} is missing: without it nobody can open the databases beside it.`);
  return readFileSync(file, "utf8").trim();
}

function writePassword(dataDir: string, { owner }: Launcher): string {
  const file = passwordFile(dataDir);
  const password = randomBytes(24).toString("base64url");
  rmSync(file, { force: true });
  writeFileSync(file, `${password}\n`, { mode: 0o600, flush: true });
  if (owner !== undefined) chownSync(file, owner.uid, owner.gid);
  return password;
}

// Best effort: the initdb of a killed start may still be writing into its draft, which nobody will ever use.
function removeDrafts(dataDir: string): void {
  for (const file of readdirSync(dataDir).filter((name) => name.startsWith(DRAFT))) {
    try {
      rmSync(join(dataDir, file), { recursive: true, force: true });
    } catch {}
  }
}

async function runInitdb({ dataDir, initdb, launcher, durable }: ClusterOptions, draft: string): Promise<void> {
  const args = ["--pgdata", draft, "--username", ADMIN_USER, "--pwfile", passwordFile(dataDir), "--encoding=UTF8"];
  // The built-in provider sorts and folds case alike on every machine; libc's C.UTF-8 is missing on some.
  args.push("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=scram-sha-256");
  if (!durable) args.push("--no-sync");

  const child = launcher.launch(initdb, args, { cwd: "/", env: postgresEnv(), stdio: ["ignore", "pipe", "pipe"] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => output.push(String(chunk)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`initdb failed (${code}): ${output.join("").trim().slice(-2000)}`);
}

/** What a Postgres program gets to see of our environment: no PG* variable may steer it elsewhere. */
export function postgresEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" };
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
