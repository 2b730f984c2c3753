// A Redis of the test's own, to be killed and stopped. It is started wherever one is installed.
import { openRedis } from "../../stack/redis.ts";
import { missingFor, type OwnServer, ownServer } from "./own-server.ts";

const missing = missingFor(openRedis);

export const canStartRedis = missing.length === 0;

/** Says once, loudly, what this run leaves out. */
export function warnWithoutRedis(): void {
  if (canStartRedis) return;
  process.stderr.write(`\n*** What needs a Redis of its own is LEFT OUT: it needs ${missing.join(" and ")}. ***\n\n`);
}

export interface OwnRedis extends OwnServer {
  url: string;
}

export async function ownRedis(): Promise<OwnRedis> {
  const server = await ownServer("redis", openRedis);
  return { ...server, url: `redis://${server.host}:${server.port}` };
}
