import { Redis } from "ioredis";
import { choosePort, HOST } from "./choose-port.ts";
import { missingPrograms } from "./find-program.ts";
import type { StackServer, Surroundings } from "./server.ts";
import { type Launch, supervised } from "./supervise.ts";

const NEEDED = [{ program: "redis-server", advice: "apt-get install redis-server" }];

/** Redis as transport and cache: it keeps nothing over a restart. */
export const redis: StackServer = {
  missing: (env) => missingPrograms(NEEDED, env),
  start: supervised(prepare),
};

async function prepare({ folder, port: wanted }: Surroundings): Promise<Launch> {
  const port = await choosePort({ folder, purpose: "server", wanted });
  const args = ["--port", String(port), "--bind", HOST, "--save", "", "--appendonly", "no", "--dir", folder];
  const url = `redis://${HOST}:${port}`;
  return { command: "redis-server", args, settings: { REDIS_URL: url }, isReady: () => answersPing(url) };
}

async function answersPing(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 1_000 });
  client.on("error", () => {});
  // A client that does not connect has ended by itself; to be told so again would keep the process for seconds.
  await client.connect();
  try {
    return (await client.ping()) === "PONG";
  } finally {
    client.disconnect();
  }
}
