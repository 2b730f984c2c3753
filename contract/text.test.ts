import { describe, expect, test } from "@jest/globals";
import { Type } from "typebox";
import { compile } from "./compile.ts";
import { Lines, MaybeLine, OneLine } from "./text.ts";

const check = compile(
  Type.Object({
    line: Type.Optional(OneLine(20)),
    maybe: Type.Optional(MaybeLine(20)),
    lines: Type.Optional(Lines(20)),
  }),
);
const kept = (value: { line?: string; maybe?: string; lines?: string }) => {
  const refused = check(value).map(({ pointer, code }) => `${pointer} ${code}`);
  return refused.length > 0 ? refused : value;
};

describe("a line that people type", () => {
  test.each([
    ["of another script", "محمد علي"],
    ["with marks of direction, which are no overrides", "אבג\u200f 12"],
    ["with a joiner inside", "ക്‍ഷ"],
    ["of a picture", "\u2764\ufe0f"],
    ["of an apostrophe and a comma", "12, St James's"],
    ["with characters beyond the first plane", "𠮷野家"],
  ])("%s is kept as it is", (_, line) => {
    expect(kept({ line })).toEqual({ line });
  });
  test("loses the blanks at both ends, and what counts is what is left", () => {
    expect(kept({ line: "\u3000 Ada Lovelace \u00a0\n" })).toEqual({ line: "Ada Lovelace" });
    expect(kept({ line: `  ${"a".repeat(20)}  ` })).toEqual({ line: "a".repeat(20) });
    expect(kept({ line: "a".repeat(21) })).toEqual(["/line maxLength"]);
  });
  test.each([
    ["nothing", ""],
    ["blanks", " \t\u3000"],
    ["what has no shape", "\u200b\u2060\u00ad\u3164\ufe0f\u{e0041}"],
    ["a line break", "Ada\nLovelace"],
    ["a carriage return", "Ada\rLovelace"],
    ["a line separator", "Ada\u2028Lovelace"],
    ["NUL", "Ada\0"],
    ["a control of the second kind", "Ada\u0085Lovelace"],
    ["an override of direction", "Ada \u202eecalevoL"],
    ["an isolate of direction", "Ada \u2066x\u2069"],
  ])("of %s is refused", (_, line) => {
    expect(kept({ line })).toContain("/line pattern");
  });
  test("of half a character is refused", () => {
    expect(kept({ line: "a\ud800b" })).toEqual(["/line x-typed"]);
  });
});

test("a line that may be absent may be empty, and nothing else than a line", () => {
  expect(kept({ maybe: "  " })).toEqual({ maybe: "" });
  expect(kept({ maybe: "a\nb" })).toEqual(["/maybe pattern"]);
});

test("a text of several lines has breaks and tabs, and no other control", () => {
  const lines = "First\r\n\tsecond";

  expect(kept({ lines })).toEqual({ lines });
  expect(kept({ lines: "" })).toEqual({ lines: "" });
  expect(kept({ lines: "\u0007" })).toEqual(["/lines pattern"]);
  expect(kept({ lines: "\u202e" })).toEqual(["/lines pattern"]);
});

test("what is typed is cut where a field may be null as well", () => {
  const value = { note: " x " };

  expect(compile(Type.Object({ note: Type.Union([OneLine(5), Type.Null()]) }))(value)).toEqual([]);
  expect(value.note).toBe("x");
});

test("who types what may not be typed is told so in words", () => {
  const sentences = check({ line: "Ada\nLovelace", maybe: "a\tb", lines: "a\u0007b" }).map(({ message }) => message);

  expect(sentences).toEqual([
    "must be one line with something to be seen in it",
    "must be one line",
    "must not hold control characters",
  ]);
});
