// A real Postgres as a child of this process: initialised once, on a random port of 127.0.0.1, in a process group of its
// own, so that a terminal's Ctrl-C ends the services first and Postgres when they say so.

import { chmodSync, lchownSync, lstatSync, mkdirSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { ADMIN_USER, clusterDir, initialiseCluster } from "./initialise-cluster.ts";
import { lockInstance } from "./instance-lock.ts";
import { HOST, launchUntilReady, type RunningServer } from "./launch-until-ready.ts";
import { locateBinaries } from "./locate-binaries.ts";
import { endPostmaster, reclaimCluster } from "./reclaim-cluster.ts";
import { choosePostgresUser, prepareLauncher, type SystemUser } from "./run-unprivileged.ts";
import { serverSettings } from "./server-settings.ts";

export type StartOptions = {
  dataDir: string;
  log(line: string): void;
  /** false trades every promise about crashes for speed: for tests only. */
  durable?: boolean;
  settings?: Record<string, string>;
};
export type EmbeddedPostgres = {
  host: string;
  port: number;
  adminUser: string;
  adminPassword: string;
  pid: number;
  adminUrl(database: string): string;
  /** Settles when the server has ended, asked for or not. */
  exited: Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts Postgres on a data folder, which is made when missing and reclaimed when a killed run left its server behind.
 * Throws when a live process uses the folder, or with the end of the server's log when it does not come up.
 */
export async function startPostgres({
  dataDir,
  log,
  durable = true,
  settings = {},
}: StartOptions): Promise<EmbeddedPostgres> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const folder = realpathSync(dataDir);
  const unlock = lockInstance(folder, "postgres");
  try {
    const cluster = clusterDir(folder);
    const binaries = locateBinaries();
    const owner = choosePostgresUser(cluster, folder);
    if (owner !== undefined) giveTo(owner, folder, cluster);
    const launcher = prepareLauncher(owner, [folder, ...binaries.mustBeReadable], binaries.postgres);

    const adminPassword = await initialiseCluster({ dataDir: folder, initdb: binaries.initdb, launcher, durable, log });
    closeToOthers(cluster);
    await reclaimCluster(cluster, log);
    const flags = Object.entries({ ...serverSettings(durable), ...settings }).flatMap(([key, value]) => [
      "-c",
      `${key}=${value}`,
    ]);
    const server = await launchUntilReady({ launcher, postgres: binaries.postgres, folder, flags, adminPassword });
    return describe(server, adminPassword, log, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function describe(
  { child, pid, port, exited }: RunningServer,
  adminPassword: string,
  log: StartOptions["log"],
  unlock: () => void,
) {
  // For exits that forget to stop it. Not for kill -9: that one is the next start's business.
  const endWithUs = () => {
    try {
      process.kill(pid, "SIGINT");
    } catch {}
  };
  let stopping: Promise<void> | undefined;
  process.once("exit", endWithUs);
  child.unref();
  void exited.then(() => {
    process.removeListener("exit", endWithUs);
    if (stopping === undefined) log(`Postgres ended by itself (${child.signalCode ?? `code ${child.exitCode}`})`);
    unlock();
  });
  const stop = async () => {
    child.ref();
    await endPostmaster(pid);
    await exited;
  };
  return {
    host: HOST,
    port,
    adminUser: ADMIN_USER,
    adminPassword,
    pid,
    exited,
    adminUrl: (database: string) =>
      `postgres://${ADMIN_USER}:${adminPassword}@${HOST}:${port}/${encodeURIComponent(database)}`,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

function giveTo(owner: SystemUser, folder: string, cluster: string): void {
  const isTheirs = (path: string) => (lstatSync(path, { throwIfNoEntry: false })?.uid ?? owner.uid) === owner.uid;
  const entries = readdirSync(folder, { recursive: !isTheirs(folder) || !isTheirs(cluster), encoding: "utf8" });
  for (const path of [folder, ...entries.map((entry) => join(folder, entry))]) {
    if (!isTheirs(path)) lchownSync(path, owner.uid, owner.gid);
  }
}

// Postgres refuses a cluster that others may look into, and a plain copy of the folder is open to all.
function closeToOthers(cluster: string): void {
  const mode = statSync(cluster).mode;
  if ((mode & 0o027) !== 0) chmodSync(cluster, 0o700);
}
