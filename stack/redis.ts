import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { choosePort, HOST } from "./choose-port.ts";
import { missingPrograms } from "./find-program.ts";
import { aclOf, BUS_USER, LIMITS_USER } from "./redis-acl.ts";
import { rememberSecret } from "./remember-secret.ts";
import type { StackServer, Surroundings } from "./server.ts";
import { type Launch, supervised } from "./supervise.ts";

const NEEDED = [{ program: "redis-server", advice: "apt-get install redis-server" }];

/** The namespace of a system that is given databases by URL. */
const NAMESPACE = "commerce";

/** Redis as the transport: it keeps nothing over a restart, and knows its users. */
export const redis: StackServer = {
  missing: (env) => missingPrograms(NEEDED, env),
  start: supervised(prepareGuarded),
};

/** The same for whoever reaches it, for tests of other things. */
export const openRedis: StackServer = { ...redis, start: supervised(prepareOpen) };

async function prepareOpen({ folder, port: wanted }: Surroundings): Promise<Launch> {
  const port = await choosePort({ folder, purpose: "server", wanted });
  const args = ["--port", String(port), "--bind", HOST, "--save", "", "--appendonly", "no", "--dir", folder];
  const url = `redis://${HOST}:${port}`;
  return { command: "redis-server", args, settings: { REDIS_URL: url }, isReady: () => answersPing(url) };
}

async function prepareGuarded(surroundings: Surroundings): Promise<Launch> {
  const { folder } = surroundings;
  const { settings, ...open } = await prepareOpen(surroundings);
  const password = (user: string) =>
    rememberSecret(join(folder, `${user}.password`), () => randomBytes(24).toString("hex"));
  const [bus, limits] = [password(BUS_USER), password(LIMITS_USER)];
  const aclFile = join(folder, "users.acl");
  writeFileSync(aclFile, aclOf({ namespace: NAMESPACE, bus, limits }), { mode: 0o600 });
  const urlOf = (username: string, secret: string) =>
    Object.assign(new URL(settings.REDIS_URL as string), { username, password: secret }).href;
  const urls = { REDIS_URL: urlOf(BUS_USER, bus), LIMITS_REDIS_URL: urlOf(LIMITS_USER, limits) };
  return {
    ...open,
    args: [...open.args, "--aclfile", aclFile],
    settings: urls,
    isReady: () => answersPing(urls.REDIS_URL),
  };
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
