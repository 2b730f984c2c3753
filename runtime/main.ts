// `npm start`: brings up the embedded parts, where nothing else was named, then the services, and takes all of it down in
// the reverse order on Ctrl-C, on SIGTERM, and when the process that started this one is gone.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { announce } from "./announce.ts";
import { type Config, readConfig } from "./config.ts";
import { isLoopback } from "./config-values.ts";
import { createNode, type Node } from "./create-node.ts";
import { type ChosenPasswords, chooseDemoPasswords } from "./demo-passwords.ts";
import { closeFolder } from "./embedded/close-folder.ts";
import { exitWithParent } from "./exit-with-parent.ts";
import { processMetrics } from "./metrics.ts";
import { missingServices } from "./missing-services.ts";
import { openRepl } from "./open-repl.ts";
import { openOperatorServer } from "./operator-server.ts";
import { DEMO } from "./seed-shop.ts";
import { startEmbedded } from "./start-embedded.ts";

// What it writes is its owner's alone: mail, keys, passwords, settings.
process.umask(0o077);

/** A stop that takes longer than this is no clean one any more. */
const STOP_DEADLINE_MS = 25_000;

const undo: (() => Promise<unknown>)[] = [];
let stopping: Promise<never> | undefined;

function stop(code: number): Promise<never> {
  stopping ??= (async () => {
    setTimeout(() => process.exit(code || 1), STOP_DEADLINE_MS).unref();
    // What is being started is let come up first: half-started it could not be taken down.
    await starting.catch(() => {});
    for (const step of undo.reverse()) await step().catch((error: Error) => say(error.message));
    process.exit(code);
  })();
  return stopping;
}

const keepsMail = ({ services, mail }: Config) =>
  services.includes("notifications") && mail.toFolder && mail.smtpUrl === undefined;
const say = (line: string) => process.stderr.write(`${line}\n`);

async function start(): Promise<void> {
  const { values } = parseArgs({ options: { repl: { type: "boolean", default: false } } });
  const began = performance.now();
  let config = readConfig(process.env);
  let node: Node | undefined;
  let demo: ChosenPasswords | undefined;
  const { services } = config;
  for (const warning of config.warnings) say(warning);
  const operators = await openOperatorServer({
    ...config.operators,
    metrics: processMetrics(() => node?.bridge),
    missing: () => missingServices(config.demo ? [...services, config.demo.service] : services, node?.broker),
  });
  undo.push(operators.close);
  if (config.mode === "embedded") {
    const embedded = await startEmbedded(config, say);
    undo.push(embedded.stop);
    demo = chooseDemoPasswords(config);
    const shop = { ...DEMO, closedUntilFilled: !isLoopback(config.host) };
    config = { ...config, databaseUrl: embedded.databaseUrl, demo: shop, demoPasswords: demo.passwords };
  }
  if (config.mode === "cluster" && keepsMail(config)) closeFolder(join(config.dataDir, "mail"));
  if (stopping) return;
  if (operators.port === undefined)
    say(`Port ${config.operators.port} is taken: METRICS_PORT=… gives metrics another one.`);
  node = createNode(config);
  undo.push(node.stop);
  await node.broker.start();
  announce({ config, demo, metricsPort: operators.port, seconds: (performance.now() - began) / 1_000 });
  if (values.repl) openRepl(node.broker, () => stop(0));
}

exitWithParent(() => void stop(0));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(0));
const starting = start();
starting.catch(async (error: Error) => {
  say(error.message);
  await stop(1);
});
