// A Kafka of the test's own, to be killed and stopped: started as `npm run stack` does, in a folder that goes with it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { choosePort, HOST } from "../../stack/choose-port.ts";
import { type Adjust, kafka, kafkaWith } from "../../stack/kafka/kafka.ts";
import { openStack, type Stack } from "../../stack/open-stack.ts";
import { KAFKA_BROKERS } from "./stack.ts";

const { env } = process;
const cacheDir = join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "moleculer-commerce");
const missing = kafka.missing(env, cacheDir).map(({ program, advice }) => `${program} (${advice})`);

/** Where the stack's Kafka is up, what another one needs has been brought. A plain test run downloads nothing. */
export const canStartBroker = KAFKA_BROKERS !== undefined && missing.length === 0;

/** Says once, loudly, what this run leaves out. */
export function warnWithoutBroker(): void {
  if (canStartBroker) return;
  const reason = missing.length > 0 ? `a broker needs ${missing.join(" and ")}` : "no Kafka of the stack is up";
  process.stderr.write(`\n*** What needs a Kafka of its own is LEFT OUT: ${reason}. ***\n\n`);
}

export interface OwnBroker {
  address: string;
  start(): Promise<void>;
  /** With SIGKILL; its data stays. */
  kill(): Promise<void>;
  /** SIGSTOP: it accepts connections, and says nothing. */
  freeze(): void;
  thaw(): void;
  remove(): Promise<void>;
}

export async function ownBroker(adjust: Adjust = () => ({})): Promise<OwnBroker> {
  const dataDir = mkdtempSync(join(tmpdir(), "own-broker-"));
  const folder = join(dataDir, "kafka");
  mkdirSync(folder);
  // Remembered in the folder, so that the broker takes the same one.
  const port = await choosePort({ folder, purpose: "server" });
  let stack: Stack | undefined;
  const signal = (name: NodeJS.Signals) =>
    process.kill((JSON.parse(readFileSync(join(folder, "server.pid"), "utf8")) as { pid: number }).pid, name);
  return {
    address: `${HOST}:${port}`,
    async start() {
      const servers = { kafka: kafkaWith(adjust) };
      stack = openStack({ servers, ports: {}, dataDir, cacheDir, env, log: () => {}, onLoss: () => {} });
      await stack.ready;
    },
    async kill() {
      signal("SIGKILL");
      await stack?.stop();
    },
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    async remove() {
      await stack?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
