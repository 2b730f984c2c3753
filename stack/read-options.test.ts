import { resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { readOptions } from "./read-options.ts";

test("starts everything in folders of its own unless told otherwise", () => {
  expect(readOptions([], { HOME: "/home/ada" })).toEqual({
    servers: ["postgres", "redis", "kafka", "s3"],
    ports: {},
    envFile: undefined,
    dataDir: resolve(".data/stack"),
    cacheDir: "/home/ada/.cache/moleculer-commerce",
  });
});

test("starts the part that is named, on the ports that are named", () => {
  const args = [
    "--only",
    "redis, kafka",
    "--ports",
    "kafka=9092,redis=6379",
    "--data",
    "/srv/stack",
    "--env",
    "/srv/env",
  ];

  expect(readOptions(args, { XDG_CACHE_HOME: "/srv/cache" })).toEqual({
    servers: ["redis", "kafka"],
    ports: { redis: 6379, kafka: 9092 },
    envFile: "/srv/env",
    dataDir: "/srv/stack",
    cacheDir: "/srv/cache/moleculer-commerce",
  });
});

test("keeps its data where the system keeps its own", () => {
  expect(readOptions([], { DATA_DIR: "/srv/data" }).dataDir).toBe("/srv/data/stack");
});

test.each([
  [["--only", "redis,mysql"], "--only may name postgres, redis, kafka, s3, not mysql"],
  [["--only", ""], "--only names no server"],
  [["--ports", "redis"], "--ports takes name=port from 1 to 65535, as in redis=6379, not redis"],
  [["--ports", "redis=70000"], "not redis=70000"],
  [["--ports", "mysql=3306"], "--ports may name postgres, redis, kafka, s3, not mysql"],
  [["--frob"], "Unknown option '--frob'"],
])("refuses %j with a sentence", (args, sentence) => {
  expect(() => readOptions(args, {})).toThrow(sentence);
});
