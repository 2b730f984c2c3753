// What each user of Redis may do, and what nobody may, asked of a real one that runs as the stack's does.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Redis } from "ioredis";
import { redisNode } from "../runtime/testing/redis-node.ts";
import { canStartRedis } from "../tests/support/own-redis.ts";
import { openStack, type Stack } from "./open-stack.ts";
import { redis } from "./redis.ts";
import { aclOf, BUS_USER, LIMITS_USER } from "./redis-acl.ts";
import type { Settings } from "./server.ts";

/** One by one, as a client would send them. */
const FORBIDDEN = [
  "KEYS *",
  "SCAN 0",
  "GET commerce:limits:x",
  "SET mine 1",
  "DEL commerce:limits:x",
  "FLUSHALL",
  "FLUSHDB",
  "CONFIG GET *",
  "CONFIG SET dir /tmp",
  "EVAL return(1) 0",
  "SCRIPT LOAD return(1)",
  "FUNCTION LIST",
  "SHUTDOWN NOSAVE",
  "REPLICAOF 127.0.0.1 1",
  "ACL LIST",
  "ACL WHOAMI",
  "MONITOR",
  "CLIENT LIST",
  "CLIENT KILL ID 1",
  "SAVE",
  "BGREWRITEAOF",
  "PSUBSCRIBE *",
  "PUBSUB CHANNELS",
  "MODULE LIST",
  "MIGRATE 127.0.0.1 1 k 0 1",
  "PUBLISH MOL-other.REQ.x y",
  "SUBSCRIBE MOL-other.INFO",
];

test("the file for containers says what the stack's does", () => {
  const compose = readFileSync(join(import.meta.dirname, "..", "docker-compose.yml"), "utf8");
  const said = compose.split("\n").map((line) => line.trim().replace(/#\$\{[A-Z0-9_]+:\?[^}]*\}/, "#0"));

  const wanted = aclOf({ namespace: "commerce", bus: "#0", limits: "#0" }).trim().split("\n");
  expect(wanted.filter((line) => !said.includes(line))).toEqual([]);
});

(canStartRedis ? describe : describe.skip)("the stack's Redis", () => {
  let dataDir: string;
  let stack: Stack;
  let settings: Settings;
  const clients: Redis[] = [];

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "acl-"));
    stack = openStack({
      servers: { redis },
      ports: {},
      dataDir,
      cacheDir: dataDir,
      env: process.env,
      log: () => {},
      onLoss: () => {},
    });
    settings = await stack.ready;
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await stack.stop();
    rmSync(dataDir, { recursive: true });
  });

  function clientOf(url: string): Redis {
    const client = new Redis(url, { enableReadyCheck: false, disableClientInfo: true, retryStrategy: () => null });
    client.on("error", () => {});
    clients.push(client);
    return client;
  }
  const answerOf = (client: Redis, line: string) => {
    const [command = "", ...args] = line.split(" ");
    return client.call(command, ...args).then(
      () => "done",
      (error: Error) => error.message.split(" ")[0],
    );
  };
  const answers = async (client: Redis, lines: readonly string[]) => {
    const given: [string, string | undefined][] = [];
    for (const line of lines) given.push([line, await answerOf(client, line)]);
    return given;
  };

  test("whoever brings no password is told nothing", async () => {
    const { host } = new URL(settings.REDIS_URL as string);
    const nobody = clientOf(`redis://${host}`);

    expect(await answers(nobody, ["GET x", "INFO", "PUBLISH MOL-commerce.INFO x"])).toEqual([
      ["GET x", "NOAUTH"],
      ["INFO", "NOAUTH"],
      ["PUBLISH MOL-commerce.INFO x", "NOAUTH"],
    ]);
  });

  test("the bus is refused everything but its own channels", async () => {
    const bus = clientOf(settings.REDIS_URL as string);

    expect(await answers(bus, FORBIDDEN)).toEqual(FORBIDDEN.map((line) => [line, "NOPERM"]));
  });

  test("the limits have their own keys, and no channel", async () => {
    const limits = clientOf(settings.LIMITS_REDIS_URL as string);

    expect(
      await answers(limits, ["SET commerce:limits:a 1 EX 5", "SET other 1", "PUBLISH MOL-commerce.INFO x", "KEYS *"]),
    ).toEqual([
      ["SET commerce:limits:a 1 EX 5", "done"],
      ["SET other 1", "NOPERM"],
      ["PUBLISH MOL-commerce.INFO x", "NOPERM"],
      ["KEYS *", "NOPERM"],
    ]);
  });

  test("is enough for two nodes to talk", async () => {
    const url = settings.REDIS_URL as string;
    const service = { name: "mugs", actions: { count: () => 7 } };
    const nodes = await Promise.all([
      redisNode({ id: "one", url, namespace: "commerce", service }),
      redisNode({ id: "two", url, namespace: "commerce" }),
    ]);
    const [, two] = nodes;
    await two?.waitForServices("mugs", 5_000);

    expect(await two?.call("mugs.count")).toBe(7);

    await Promise.all(nodes.map((node) => node.stop()));
  });

  test("keeps passwords as digests, in files of their owner", () => {
    const file = join(dataDir, "redis", "users.acl");
    const acl = readFileSync(file, "utf8");

    expect(acl).not.toContain(new URL(settings.REDIS_URL as string).password);
    expect([BUS_USER, LIMITS_USER].every((user) => acl.includes(`user ${user} on #`))).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
