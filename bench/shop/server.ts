// The shop as `npm start` makes it, in a process of its own, with a throw-away data folder and a free port. It is stopped by
// a signal, or when the process that started it is gone, and leaves nothing behind.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrationsOf } from "../../mixins/database/read-migrations.ts";
import { readConfig } from "../../runtime/config.ts";
import { createNode, type Node } from "../../runtime/create-node.ts";
import { DATABASES } from "../../runtime/databases.ts";
import { startPostgres } from "../../runtime/embedded/start-postgres.ts";
import { provisionDatabases } from "../../runtime/provision-databases.ts";
import { seedShop } from "../../runtime/seed-shop.ts";
import { countStatements } from "./count-statements.ts";
import type { FromShop, ToShop } from "./messages.ts";

const STOP_DEADLINE_MS = 20_000;
const PREFIXES = { shop: "commerce_", floor: "floor_" };

const tell = (message: FromShop) => process.send?.(message);
const undo: (() => Promise<unknown>)[] = [];
let stopping: Promise<never> | undefined;

async function start(): Promise<{ node: Node; statements: () => number }> {
  const dataDir = mkdtempSync(join(tmpdir(), "commerce-bench-"));
  process.once("exit", () => rmSync(dataDir, { recursive: true, force: true }));
  const postgres = await startPostgres({ dataDir: join(dataDir, "postgres"), log: () => {} });
  undo.push(postgres.stop);
  const passwords = Object.fromEntries(DATABASES.map((name) => [name, randomBytes(24).toString("hex")]));
  for (const prefix of Object.values(PREFIXES)) {
    const services = DATABASES.map((name) => ({ name, migrations: migrationsOf(name) }));
    await provisionDatabases({ adminUrl: postgres.adminUrl, services, passwords, prefix, log: () => {} });
  }
  const urlOf = (prefix: string, name: string) =>
    `postgres://${prefix}${name}:${passwords[name]}@${postgres.host}:${postgres.port}/${prefix}${name}`;

  // Nothing of the caller's environment: a DATABASE_URL set for something else must not be written to.
  const config = readConfig({ PORT: "0", DATA_DIR: dataDir });
  const node = createNode({ ...config, databaseUrl: (name) => urlOf(PREFIXES.shop, name) });
  const statements = countStatements(node);
  undo.push(node.stop);
  await node.broker.start();
  await seedShop(node.broker);
  const gateway = node.broker.getLocalService("gateway") as unknown as { address(): AddressInfo };
  tell({
    kind: "ready",
    url: `http://${config.host}:${gateway.address().port}`,
    postgresPid: postgres.pid,
    floorUrls: Object.fromEntries(DATABASES.map((name) => [name, urlOf(PREFIXES.floor, name)])),
  });
  return { node, statements };
}

function stop(code: number): Promise<never> {
  stopping ??= (async () => {
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    // A start under way is let finish: half of it could not be undone.
    await starting.catch(() => {});
    for (const step of undo.reverse()) await step().catch(() => {});
    process.exit(code);
  })();
  return stopping;
}

const starting = start();
starting.then(
  ({ node, statements }) =>
    process.on("message", async (asked: ToShop) => {
      if (asked === "close") {
        undo.splice(undo.indexOf(node.stop), 1);
        await node.stop();
        tell({ kind: "closed" });
      } else {
        const { user, system } = process.cpuUsage();
        tell({ kind: "counters", cpuMs: (user + system) / 1_000, statements: statements() });
      }
    }),
  async (error: Error) => {
    tell({ kind: "failed", reason: error.message });
    await stop(1);
  },
);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(0));
process.once("disconnect", () => void stop(0));
