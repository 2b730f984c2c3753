import { expect, test } from "@jest/globals";
import { faultOf, readRedis } from "./config-redis.ts";

test.each<[string, string | undefined]>([
  ["redis://127.0.0.1:6379", undefined],
  ["redis://localhost", undefined],
  ["redis://[::1]:6379", undefined],
  ["rediss://bus:secret@redis.example:6380", undefined],
  ["redis://redis.example:6379", "names another machine without TLS (rediss://) and a password"],
  ["redis://bus:secret@10.0.0.5", "names another machine without TLS (rediss://)"],
  ["rediss://redis.example", "names another machine without a password"],
  ["redis://127.0.0.1.example", "names another machine without TLS (rediss://) and a password"],
  ["http://127.0.0.1", "must begin with redis:// or rediss://"],
  ["6379", "must begin with redis:// or rediss://"],
])("%s: %s", (url, fault) => {
  expect(faultOf(url)).toBe(fault);
});

test("a Redis that is open stops the start with a sentence that holds no password", () => {
  const env = { REDIS_URL: "redis://bus:canary@10.0.0.5" };

  expect(() => readRedis(env)).toThrow(/^REDIS_URL names another machine without TLS/);
  expect(() => readRedis(env)).not.toThrow(/canary/);
  expect(() => readRedis({ LIMITS_REDIS_URL: "redis://10.0.0.5" })).toThrow(/^LIMITS_REDIS_URL names/);
});

test("it is taken where that is asked for, and warned of", () => {
  const { redisUrl, limitsRedisUrl, warnings } = readRedis({ REDIS_URL: "redis://10.0.0.5", REDIS_INSECURE: "true" });

  expect([redisUrl, limitsRedisUrl]).toEqual(["redis://10.0.0.5", "redis://10.0.0.5"]);
  expect(warnings).toEqual([expect.stringMatching(/^REDIS_URL names another machine .+ takes it all the same/)]);
});
