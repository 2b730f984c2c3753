// The program as a user starts it: a process of its own, with a data folder and a port that nobody else has.
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { clusterDir } from "../../runtime/embedded/initialise-cluster.ts";
import { reclaimCluster } from "../../runtime/embedded/reclaim-cluster.ts";
import { NODE_FLAGS } from "../../runtime/node-flags.mjs";

const MAIN = fileURLToPath(new URL("../../runtime/main.ts", import.meta.url));

export interface Program {
  url: string;
  child: ChildProcess;
  /** What it wrote so far. */
  stdout: () => string;
  stderr: () => string;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Resolves once it has said so. @throws Error with what it wrote when it ended instead */
  says: (words: RegExp) => Promise<void>;
  /** @returns the milliseconds from its start until it was up */
  up: () => Promise<number>;
  stop: (signal?: NodeJS.Signals) => Program["exited"];
}

const running = new Set<Program>();
const folders: string[] = [];

export function dataFolder(copyOf?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "start-up-"));
  folders.push(folder);
  if (copyOf !== undefined) cpSync(copyOf, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** With nothing of this process's environment but what any process has. */
export async function start(env: Record<string, string>): Promise<Program> {
  const port = env.PORT ?? String(await freePort());
  const began = performance.now();
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: tmpdir(), PORT: port, METRICS_PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const exited = new Promise<Awaited<Program["exited"]>>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const program: Program = {
    url: `http://127.0.0.1:${port}`,
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    exited,
    async says(words) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const look = () => (words.test(stdout) || words.test(stderr)) && resolve();
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      look();
      void exited.then(({ code, signal }) => reject(new Error(`it ended with ${code ?? signal}: ${stdout}${stderr}`)));
      await promise;
    },
    async up() {
      await program.says(/is up .*\n\n$/s);
      return performance.now() - began;
    },
    stop(signal = "SIGTERM") {
      child.kill(signal);
      return exited;
    },
  };
  running.add(program);
  void exited.then(() => running.delete(program));
  return program;
}

/** The Postgres of a data folder: its process and where it listens. */
export function postgresOf(folder: string): { pid: number; port: string } {
  const lines = readFileSync(join(clusterDir(join(folder, "postgres")), "postmaster.pid"), "utf8").split("\n");
  return { pid: Number(lines[0]), port: lines[3] as string };
}

export async function queryOf<Row>(folder: string, database: string, sql: string, values: unknown[]): Promise<Row[]> {
  const passwords = JSON.parse(readFileSync(join(folder, "passwords.json"), "utf8")) as Record<string, string>;
  const name = `commerce_${database}`;
  const client = new pg.Client(
    `postgres://${name}:${passwords[database]}@127.0.0.1:${postgresOf(folder).port}/${name}`,
  );
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** Ends what a failed test left running, and what a killed one left behind on purpose. */
export async function cleanUp(): Promise<void> {
  await Promise.all([...running].map((program) => program.stop("SIGKILL")));
}

export async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) {
    // Ends the Postgres of this folder, and no other, where one is left.
    await reclaimCluster(clusterDir(join(folder, "postgres")), () => {});
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}
