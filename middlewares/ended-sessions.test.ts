import { beforeEach, expect, test } from "@jest/globals";
import { ASK_AFTER_MS, type EndedSessions, endedSessions, STALE_AFTER_MS } from "./ended-sessions.ts";

const via = {} as never;
let now: Date;
let asked: Date[];
let answer: () => Promise<readonly string[]>;
let sessions: EndedSessions;
const pass = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const isEnded = async (id: string) => sessions.isEnded(id, via);

beforeEach(() => {
  now = new Date("2026-03-01T12:00:00Z");
  asked = [];
  answer = async () => [];
  sessions = endedSessions({
    clock: () => now,
    ask: (_, since) => {
      asked.push(since);
      return answer();
    },
  });
});

test("a process that has just started asks before it believes, for all that a token may outlive", async () => {
  answer = async () => ["one"];

  expect([await isEnded("one"), await isEnded("two")]).toEqual([true, false]);
  expect(asked).toEqual([new Date("2026-03-01T11:49:00Z")]);
});

test("what is told by hint holds at once, without a question", async () => {
  await isEnded("one");

  sessions.tell("one");

  expect(sessions.isEnded("one", via)).toBe(true);
  expect(asked).toHaveLength(1);
});

test("where the hint was lost it is known within four seconds of use, and nobody waits for it meanwhile", async () => {
  await isEnded("one");
  answer = async () => ["one"];
  pass(ASK_AFTER_MS);

  expect(sessions.isEnded("one", via)).toBe(false);
  await until(() => sessions.isEnded("one", via) === true);
  expect(asked).toEqual([new Date("2026-03-01T11:49:00Z"), new Date("2026-03-01T11:59:50Z")]);
});

test("after a rest a request waits for what is known anew, and many wait for one question", async () => {
  await isEnded("one");
  answer = async () => ["one"];
  pass(STALE_AFTER_MS);

  expect(await Promise.all(Array.from({ length: 50 }, () => isEnded("one")))).toEqual(Array(50).fill(true));
  expect(asked).toHaveLength(2);
});

test("while auth is away what is known decides, and not every request waits for it", async () => {
  answer = async () => ["one"];
  await isEnded("one");
  answer = () => Promise.reject(new Error("away"));
  pass(STALE_AFTER_MS);

  expect([await isEnded("one"), await isEnded("two")]).toEqual([true, false]);
  expect(sessions.isEnded("two", via)).toBe(false);
  expect(asked).toHaveLength(2);
});

test("what no token outlives is forgotten", async () => {
  sessions.tell("one");
  pass(11 * 60_000);
  await isEnded("two");

  expect(await isEnded("one")).toBe(false);
});

async function until(condition: () => boolean) {
  while (!condition()) await Promise.resolve();
}
