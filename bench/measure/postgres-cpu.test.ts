import { expect, test } from "@jest/globals";
import { parseStat } from "./postgres-cpu.ts";

test("reads times behind a name that looks like more fields", () => {
  const stat = "4711 (postgres: a) b (c) S 4700 4711 4711 0 -1 4194560 900 0 0 0 12 8 30 5 20 0 1 0 123 1 2";

  expect(parseStat(stat)).toEqual({ parent: 4700, own: 200, reaped: 350 });
});
