// The shop as `npm start` makes it, in a process of its own, with a throw-away data folder and a free port. It is stopped by
// a signal, or when the process that started it is gone, and leaves nothing behind.
import type { AddressInfo } from "node:net";
import { readConfig } from "../../runtime/config.ts";
import { createNode, type Node } from "../../runtime/create-node.ts";
import { DEMO } from "../../runtime/seed-shop.ts";
import { DATABASES } from "../../runtime/services.ts";
import { countStatements } from "./count-statements.ts";
import type { FromShop, ToShop } from "./messages.ts";
import { silenceBridge } from "./silence-bridge.ts";
import { openPostgres } from "./throwaway-postgres.ts";

const STOP_DEADLINE_MS = 20_000;
/** Who delivers the shop's events: as `npm start` does it, nobody, or the Kafka broker of this address. */
const [delivery = "local"] = process.argv.slice(2);
const PREFIXES = { shop: "commerce_", floor: "floor_" };

const tell = (message: FromShop) => process.send?.(message);
const undo: (() => Promise<unknown>)[] = [];
let stopping: Promise<never> | undefined;

async function start(): Promise<{ node: Node; statements: () => number }> {
  const postgres = await openPostgres(Object.values(PREFIXES), DATABASES);
  undo.push(postgres.stop);

  // Nothing of the caller's environment: a DATABASE_URL set for something else must not be written to.
  const kafka = delivery === "local" || delivery === "nobody" ? {} : { KAFKA_BROKERS: delivery };
  // Limits that nobody reaches: what they cost is part of what is measured.
  const config = readConfig({ PORT: "0", DATA_DIR: postgres.dataDir, RATE_LIMITS: "1000000", ...kafka });
  const node = createNode({ ...config, demo: DEMO, databaseUrl: (name) => postgres.urlOf(PREFIXES.shop, name) });
  if (delivery === "nobody") silenceBridge(node);
  const statements = countStatements(node);
  undo.push(node.stop);
  await node.broker.start();
  const urlsOf = (prefix: string) => Object.fromEntries(DATABASES.map((name) => [name, postgres.urlOf(prefix, name)]));
  const gateway = node.broker.getLocalService("gateway") as unknown as { address(): AddressInfo };
  tell({
    kind: "ready",
    url: `http://${config.host}:${gateway.address().port}`,
    postgresPid: postgres.pid,
    shopUrls: urlsOf(PREFIXES.shop),
    floorUrls: urlsOf(PREFIXES.floor),
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
