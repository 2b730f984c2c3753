// One service as Moleculer's users run one, with a real database, in a process of its own.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Database } from "../database/database.ts";
import { record } from "../events/outbox/record.ts";
import { type TestDatabase, testDatabase } from "../tests/support/postgres.ts";
import { until } from "../tests/support/until.ts";

const ROOT = dirname(import.meta.dirname);
const RUNNER = join(ROOT, "node_modules/moleculer/bin/moleculer-runner.js");
const USERS = "services/users/users.service.ts";
const ADA = "01890a5d-ac96-774b-bcce-b302099a8057";

let database: TestDatabase;
let db: Database;
let child: ChildProcess;
let said = "";

beforeEach(async () => {
  database = await testDatabase("users");
  db = new Database({ url: database.url });
});
afterEach(async () => {
  child.kill("SIGKILL");
  await db.close();
  database.release();
});

function run(program: string, ...args: string[]): void {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, USERS_DATABASE_URL: database.url, LOG_LEVEL: "info" };
  said = "";
  child = fork(program, args, { cwd: ROOT, env, silent: true, execArgv: ["--disable-warning=ExperimentalWarning"] });
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said += chunk));
}

async function isRelayed(): Promise<boolean> {
  const [row] = await db.query<{ relayed: boolean }>({
    name: "test_relayed",
    text: "select count(*) > 0 and bool_and(published_at is not null) as relayed from outbox",
  });
  return row?.relayed === true;
}

test("Moleculer's own runner runs one service, relays what it recorded, and ends it when told", async () => {
  await db.transaction(async (tx) =>
    record(tx, [
      {
        type: "users.created",
        aggregateId: ADA,
        aggregateVersion: 1,
        data: { userId: ADA, email: "ada@example.com", name: "Ada Lovelace", reference: null },
        occurredAt: new Date("2026-03-01T12:00:00Z"),
      },
    ]),
  );

  run(RUNNER, "--config", "moleculer.config.ts", USERS);

  await until("the event is relayed", isRelayed, 20_000);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(said).toContain("'users' service is registered");
});

test("broker.loadService loads a service by its file", async () => {
  run(join(ROOT, "runtime/testing/load-service.ts"), join(ROOT, USERS), "users.byIds", JSON.stringify({ ids: [ADA] }));

  expect(await once(child, "message")).toEqual([[], undefined]);
  expect(await once(child, "exit")).toEqual([0, null]);
});
