// One Postgres for the whole jest run, or the one that TEST_PG_URL (an admin's URL) names.

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterDir } from "../../runtime/embedded/initialise-cluster.ts";
import { lockInstance } from "../../runtime/embedded/instance-lock.ts";
import { reclaimCluster } from "../../runtime/embedded/reclaim-cluster.ts";
import { startPostgres } from "../../runtime/embedded/start-postgres.ts";
import { announceServer, removeTraces } from "./test-server.ts";

const FOLDER = "commerce-test-";

export type TestRun = { finish(): Promise<void> };
declare global {
  var commerceTestRun: TestRun | undefined; // jest loads setup and teardown apart; this is what they share
}

export default async function globalSetup(): Promise<void> {
  globalThis.commerceTestRun = process.env.TEST_PG_URL ? borrowServer(process.env.TEST_PG_URL) : await startServer();
}

function borrowServer(url: string): TestRun {
  const server = announceServer(url);
  return { finish: () => removeTraces(server) };
}

async function startServer(): Promise<TestRun> {
  await sweepKilledRuns();
  const dataDir = mkdtempSync(join(tmpdir(), FOLDER));
  const postgres = await startPostgres({
    dataDir,
    log: () => {},
    durable: false,
    settings: { max_connections: "200" },
  });
  announceServer(postgres.adminUrl("postgres"));

  // Jest skips the teardown when it is interrupted.
  const abandon = () => {
    process.kill(postgres.pid, "SIGQUIT");
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 10 });
  };
  const interrupt = (_signal: NodeJS.Signals, number: number) => {
    abandon();
    process.exit(128 + number);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, interrupt);
  return {
    finish: async () => {
      for (const signal of signals) process.removeListener(signal, interrupt);
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

// A run that was killed with -9 leaves a server and a folder. One that still runs holds its lock, and is let be.
async function sweepKilledRuns(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(FOLDER))) {
    const folder = join(tmpdir(), name);
    try {
      await removeAbandoned(folder);
    } catch {}
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  const unlock = lockInstance(folder, "postgres");
  await reclaimCluster(clusterDir(folder), () => {});
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  unlock();
}
