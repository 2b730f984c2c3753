import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import pg from "pg";
import { identifyProcess } from "../process-identity.ts";
import { waitUntil } from "../wait-until.ts";
import { endPostmaster, reclaimCluster } from "./reclaim-cluster.ts";
import { type EmbeddedPostgres, startPostgres } from "./start-postgres.ts";

// initdb once, copied for each test: the first start is what takes long.
let template: string;
let dataDir: string;
let server: EmbeddedPostgres | undefined;
const others: ChildProcess[] = [];
const log: string[] = [];
const start = async (folder = dataDir) => {
  server = await startPostgres({ dataDir: folder, log: (line) => log.push(line), durable: false });
  return server;
};

beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), "postgres-template-"));
  await (await start(template)).stop();
});
beforeEach(() => {
  log.length = 0;
  dataDir = mkdtempSync(join(tmpdir(), "postgres-"));
});
afterEach(async () => {
  await server?.stop();
  await Promise.all(others.splice(0).map(killAndWait));
  await reclaimCluster(join(dataDir, "cluster"), () => {});
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 10 });
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

const useTemplate = () => cpSync(template, dataDir, { recursive: true, preserveTimestamps: true });
const pidFile = () => join(dataDir, "cluster", "postmaster.pid");

async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** A process of its own that starts Postgres on the folder and says its pid. */
function startElsewhere(): { child: ChildProcess; postmaster: Promise<number> } {
  const module = JSON.stringify(join(import.meta.dirname, "start-postgres.ts"));
  const options = `{ dataDir: ${JSON.stringify(dataDir)}, log() {}, durable: false }`;
  const script = `import { startPostgres } from ${module}; console.log((await startPostgres(${options})).pid); setInterval(() => {}, 1000);`;
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script];
  const child = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
  others.push(child);
  return { child, postmaster: new Promise((resolve) => child.stdout?.once("data", (chunk) => resolve(Number(chunk)))) };
}

async function killAndWait(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

test("keeps its data from one start to the next", async () => {
  const first = await start();
  await query(first.adminUrl("postgres"), "create table mugs as select 3 as stock");
  await first.stop();

  const second = await start();

  expect(await query(second.adminUrl("postgres"), "select stock from mugs")).toEqual([{ stock: 3 }]);
  expect(identifyProcess(first.pid)).toBeUndefined();
});

test("speaks UTF-8, on loopback alone, and asks for the password", async () => {
  useTemplate();
  const { adminUrl, host } = await start();

  const wrong = adminUrl("postgres").replace(/:[^:@]+@/, ":wrong@");
  const settings = "select current_setting('listen_addresses') as addresses, lower('ÉCLAIR') as lower";

  expect(host).toBe("127.0.0.1");
  expect(await query(adminUrl("postgres"), settings)).toEqual([{ addresses: "127.0.0.1", lower: "éclair" }]);
  await expect(query(wrong, "select 1")).rejects.toMatchObject({ code: "28P01" });
});

test("ends a Postgres whose owner was killed, and goes on with its data", async () => {
  useTemplate();
  const orphaned = startElsewhere();
  const postmaster = await orphaned.postmaster;
  await killAndWait(orphaned.child);
  expect(identifyProcess(postmaster)).toBeDefined();

  const { adminUrl, pid } = await start();

  expect(identifyProcess(postmaster)).toBeUndefined();
  expect(log).toEqual([`ending the Postgres that an earlier run left behind (process ${postmaster})`]);
  expect(await query(adminUrl("postgres"), "select 1 as one")).toEqual([{ one: 1 }]);
  expect(pid).not.toBe(postmaster);
});

test("starts after Postgres itself was killed", async () => {
  useTemplate();
  const killed = await start();
  process.kill(killed.pid, "SIGKILL");
  await killed.exited;

  const { adminUrl } = await start();

  expect(await query(adminUrl("postgres"), "select 1 as one")).toEqual([{ one: 1 }]);
});

test("starts over a pid file whose pid now belongs to a stranger, and lets the stranger live", async () => {
  useTemplate();
  const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  others.push(stranger);
  writeFileSync(pidFile(), `${stranger.pid}\n${join(dataDir, "cluster")}\n1700000000\n5432\n\n127.0.0.1\n`, {
    mode: 0o600,
  });

  const { pid } = await start();

  expect(stranger.exitCode).toBeNull();
  expect(identifyProcess(stranger.pid ?? 0)).toBeDefined();
  expect(Number(readFileSync(pidFile(), "utf8").split("\n")[0])).toBe(pid);
});

test("begins again after a first start that was killed halfway", async () => {
  const interrupted = startElsewhere();
  const draft = () => readdirSync(dataDir).find((name) => name.startsWith("cluster.new-"));
  await waitUntil(draft, { what: "a cluster in the making", withinMs: 5_000, everyMs: 2 });
  await killAndWait(interrupted.child);
  expect(existsSync(join(dataDir, "cluster"))).toBe(false);

  const { adminUrl } = await start();

  expect(await query(adminUrl("postgres"), "select 1 as one")).toEqual([{ one: 1 }]);
});

test("refuses a second start on the same folder", async () => {
  useTemplate();
  await start();

  await expect(startPostgres({ dataDir, log: () => {} })).rejects.toThrow(`in use by process ${process.pid}`);
});

test("says what the server's log says when it does not come up", async () => {
  useTemplate();
  const broken = startPostgres({ dataDir, log: () => {}, settings: { shared_buffers: "nonsense" } });

  await expect(broken).rejects.toThrow(/Postgres did not start; .*postgres\.log ends with: .*shared_buffers/s);
});

test("frees the folder and says so when Postgres ends by itself", async () => {
  useTemplate();
  const { pid, exited } = await start();
  await endPostmaster(pid);
  await exited;

  expect(log).toEqual(["Postgres ended by itself (code 0)"]);
  await expect(start()).resolves.toBeDefined();
});
