import { expect, test } from "@jest/globals";
import { splitRequests } from "./split-requests.ts";

const message = (key: string, bytes: number) => ({ key, value: "x".repeat(bytes), headers: {} });
const keysOf = (runs: { key: string }[][]) => runs.map((run) => run.map(({ key }) => key).join(""));

test("small messages share a request", () => {
  expect(keysOf(splitRequests([message("a", 10), message("b", 10)], 1_000))).toEqual(["ab"]);
});

test("large messages are spread over requests, in their order", () => {
  const messages = [message("a", 400), message("b", 400), message("c", 400), message("d", 10)];

  expect(keysOf(splitRequests(messages, 1_000))).toEqual(["ab", "cd"]);
});

test("a message that is too large for any request goes alone, so that it spoils no other", () => {
  expect(keysOf(splitRequests([message("a", 10), message("b", 5_000), message("c", 10)], 1_000))).toEqual([
    "a",
    "b",
    "c",
  ]);
});

test("headers count", () => {
  const heavy = { ...message("a", 0), headers: { note: "x".repeat(990) } };

  expect(keysOf(splitRequests([heavy, message("b", 0)], 1_000))).toEqual(["a", "b"]);
});

test("no messages need no request", () => {
  expect(splitRequests([])).toEqual([]);
});
