// The Kafka that the bench measures with: one of its own, or one that it was told of. Its topics have the shop's own names, so
// a broker on which a shop has topics already is refused rather than filled with orders that nobody placed.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Admin, Kafka, logLevel } from "kafkajs";
import { quietTimers } from "../../events/kafka/quiet-timers.ts";
import { waitUntil } from "../../runtime/wait-until.ts";
import { openStack } from "../../stack/open-stack.ts";
import { readOptions } from "../../stack/read-options.ts";
import { SERVERS } from "../../stack/servers.ts";

export interface BenchBroker {
  address: string;
  /** Undefined where it was started by others. */
  pid: number | undefined;
  /** Makes it forget what the shop's topics held and how far its groups were. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

const PREFIX = "commerce.";

/** @throws when it does not come up, or holds a shop's topics */
export async function openBroker(given: string | undefined, say: (line: string) => void): Promise<BenchBroker> {
  const own = given === undefined ? await startBroker(say) : { address: given, pid: undefined, stop: async () => {} };
  try {
    const found = await withAdmin(own.address, ownTopics);
    if (found.length > 0)
      throw new Error(`the broker has a shop's topics (${found.join(", ")}): name one that has none`);
  } catch (error) {
    await own.stop();
    throw error;
  }
  const clear = () => withAdmin(own.address, forget);
  return {
    ...own,
    clear,
    async stop() {
      if (given !== undefined) await clear();
      await own.stop();
    },
  };
}

async function startBroker(say: (line: string) => void) {
  const dataDir = mkdtempSync(join(tmpdir(), "commerce-bench-kafka-"));
  process.once("exit", () => rmSync(dataDir, { recursive: true, force: true }));
  const { cacheDir } = readOptions([], process.env);
  const servers = { kafka: SERVERS.kafka };
  const stack = openStack({
    ...{ servers, dataDir, cacheDir, ports: {}, env: process.env, log: say },
    onLoss: (name, how) => say(`${name} ended by itself: ${how}`),
  });
  const settings = await stack.ready.catch(async (error: Error) => {
    await stack.stop();
    throw error;
  });
  const { pid } = JSON.parse(readFileSync(join(dataDir, "kafka", "server.pid"), "utf8")) as { pid: number };
  return { address: settings.KAFKA_BROKERS as string, pid, stop: stack.stop };
}

async function withAdmin<T>(broker: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  quietTimers();
  const admin = new Kafka({ clientId: "bench", brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

const ownTopics = async (admin: Admin) => (await admin.listTopics()).filter((topic) => topic.startsWith(PREFIX));

async function forget(admin: Admin): Promise<void> {
  const { groups } = await admin.listGroups();
  const own = groups.map(({ groupId }) => groupId).filter((groupId) => groupId.startsWith(PREFIX));
  if (own.length > 0) await admin.deleteGroups(own);
  const topics = await ownTopics(admin);
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await waitUntil(async () => (await ownTopics(admin)).length === 0, {
    what: "deletion of the topics",
    withinMs: 30_000,
  });
}
