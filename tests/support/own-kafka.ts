// A Kafka of the test's own, which it may stop and kill: a broker that others use is not its to trouble.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingPrograms } from "../../stack/find-program.ts";
import { readOptions } from "../../stack/read-options.ts";
import type { RunningServer } from "../../stack/server.ts";
import { SERVERS } from "../../stack/servers.ts";
import { KAFKA_BROKERS } from "./stack.ts";

export interface OwnKafka {
  brokers: string;
  /** Ends it; its data and its port are kept for the next start. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
}

const NEEDED = [
  { program: "java", advice: "" },
  { program: "mvn", advice: "" },
];
/** Where the stack's Kafka is up, what another one needs has been brought; a plain test run downloads nothing. */
export const kafkaCanBeHad = KAFKA_BROKERS !== undefined && missingPrograms(NEEDED, process.env).length === 0;

export async function openKafka(): Promise<OwnKafka> {
  const folder = mkdtempSync(join(tmpdir(), "commerce-kafka-"));
  const { cacheDir } = readOptions([], process.env);
  const { signal } = new AbortController();
  const start = () =>
    SERVERS.kafka.start({ folder, cacheDir, port: undefined, env: process.env, log: () => {}, signal });
  let server: RunningServer | undefined = await start();
  const stop = async () => {
    await server?.stop();
    server = undefined;
  };
  return {
    brokers: server.settings.KAFKA_BROKERS as string,
    stop,
    async start() {
      server ??= await start();
    },
    async close() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
