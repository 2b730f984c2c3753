import { stripVTControlCharacters } from "node:util";
import { expect, test } from "@jest/globals";
import { logLine } from "./log-lines.ts";

const HOSTILE = "GET /a\r\n[00:00] INFO BROKER: all is well\u001b[2J\u009b31m\u2028\u202e";

test.each([
  ["a text", HOSTILE],
  ["an object", { path: HOSTILE }],
  ["an error", new Error(HOSTILE)],
  ["an error with its data", Object.assign(new Error("no"), { data: { [HOSTILE]: HOSTILE } })],
])("whatever a client put into %s, it is one line without commands to a terminal", (_, what) => {
  const [line = "", ...more] = logLine("warn", ["refused:", what], { mod: "gateway" });

  expect(more).toEqual([]);
  expect(stripVTControlCharacters(line)).toMatch(/^\[[\d:.]+Z\] WARN {2}GATEWAY: refused: /);
  expect(stripVTControlCharacters(line)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(line).not.toContain("\u001b[2J");
});

test("letters of any language stay what they are", () => {
  expect(logLine("info", ["für Łukasz, 東京 ☕"], { mod: "mail" })[0]).toMatch(/ MAIL: für Łukasz, 東京 ☕$/);
});
