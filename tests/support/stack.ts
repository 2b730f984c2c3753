// The real servers of `npm run stack`, for the suites that need them: as the environment names them, else as a stack that is
// up has written into `.data/stack.env`. Without them these suites say so and are left out; the gate always has them.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

const FILE = join(import.meta.dirname, "..", "..", ".data", "stack.env");
const written: Record<string, string | undefined> = existsSync(FILE) ? parseEnv(readFileSync(FILE, "utf8")) : {};

export const stackSetting = (name: "KAFKA_BROKERS" | "REDIS_URL" | "KCAT"): string | undefined =>
  process.env[name] || written[name];

export const KAFKA_BROKERS = stackSetting("KAFKA_BROKERS");

/** Says once, loudly, what this run leaves out. */
export function warnWithoutStack(): void {
  if (KAFKA_BROKERS !== undefined) return;
  process.stderr.write(
    "\n*** No Kafka: its suites are LEFT OUT. `npm run stack -- --only kafka --env .data/stack.env` starts one. ***\n\n",
  );
}
