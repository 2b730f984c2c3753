import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { waitUntil } from "../wait-until.ts";
import { ADMIN_USER, clusterDir, postgresEnv } from "./initialise-cluster.ts";
import { endPostmaster } from "./reclaim-cluster.ts";
import type { Launcher } from "./run-unprivileged.ts";

export const HOST = "127.0.0.1";
const READY_WITHIN_MS = 60_000; // crash recovery of a large write-ahead log takes its time
const LOG_KEPT_BYTES = 10_000_000;

export type RunningServer = { child: ChildProcess; pid: number; port: number; exited: Promise<void> };
type Launch = { launcher: Launcher; postgres: string; folder: string; flags: string[]; adminPassword: string };

/**
 * Launches Postgres on a free port until it answers. A port taken meanwhile and backends still on their way out are
 * waited for; throws with the end of the log for anything else.
 */
export async function launchUntilReady(launch: Launch): Promise<RunningServer> {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const { logFile, offset, descriptor } = openLog(launch.folder);
    const server = await spawnServer(launch, descriptor).finally(() => closeSync(descriptor));
    if (await becameReady(server, launch.adminPassword)) return server;

    const output = readFileSync(logFile).subarray(offset).toString();
    const passing =
      /could not create any TCP\/IP sockets|could not bind|shared memory block .* still in use|lock file .* already exists/;
    if (!passing.test(output) || performance.now() > deadline) {
      throw new Error(`Postgres did not start; ${logFile} ends with: ${output.trim().slice(-2000)}`);
    }
    await pause(100);
  }
}

async function spawnServer(
  { launcher, postgres, folder, flags }: Launch,
  logDescriptor: number,
): Promise<RunningServer> {
  const port = await findFreePort();
  const args = ["-D", clusterDir(folder), "-p", String(port), ...flags];
  const stdio = ["ignore", logDescriptor, logDescriptor] as const;
  const child = launcher.launch(postgres, args, { cwd: "/", env: postgresEnv(), detached: true, stdio: [...stdio] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  return { child, pid: child.pid ?? 0, port, exited };
}

/** False when the server ended before it answered. */
async function becameReady({ child, pid, port }: RunningServer, password: string): Promise<boolean> {
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  const ask = async () => ended() || (await answers(port, password));
  try {
    await waitUntil(ask, { what: "a ready Postgres", withinMs: READY_WITHIN_MS });
    return !ended();
  } catch (error) {
    await endPostmaster(pid);
    throw error;
  }
}

async function answers(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({
    host: HOST,
    port,
    user: ADMIN_USER,
    password,
    database: "postgres",
    connectionTimeoutMillis: 5_000,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch (error) {
    // A wrong password never becomes right; refused connections and "starting up" do.
    if ((error as { code?: string }).code === "28P01") throw error;
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function openLog(folder: string): { logFile: string; offset: number; descriptor: number } {
  const logFile = join(folder, "postgres.log");
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_KEPT_BYTES) renameSync(logFile, `${logFile}.1`);
  const descriptor = openSync(logFile, "a", 0o600);
  return { logFile, offset: statSync(logFile).size, descriptor };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
