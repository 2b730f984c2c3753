// docs/security.md says which tests hold which promise. One that is gone, or was renamed, is no longer held.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const ROOT = join(import.meta.dirname, "..");
const ROWS = 78;
const rows = readFileSync(join(ROOT, "docs", "security.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, row, , held] = /^\| S(\d+) \| (.+?) \| (.*) \|$/.exec(line) ?? [];
    return row === undefined ? [] : [{ row: Number(row), held: (held ?? "").split("<br>") }];
  });
const named = rows.flatMap(({ row, held }) =>
  held.flatMap((entry) => {
    const [, file, name] = /^`([^`]+\.ts)`: (.+)$/.exec(entry) ?? [];
    return file === undefined ? [] : [{ row, file, name: name as string }];
  }),
);

test("every row is there, once and in order, and says by what it is held or why it is not", () => {
  expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: ROWS }, (_, i) => i + 1));
  expect(rows.filter(({ held }) => held.join("") === "")).toEqual([]);
});

test("every test that a row names is there", () => {
  const texts = new Map<string, string>();
  const textOf = (file: string) => {
    const path = join(ROOT, file);
    const text = texts.get(file) ?? (existsSync(path) ? readFileSync(path, "utf8") : "");
    texts.set(file, text);
    return text;
  };

  const gone = named.filter(
    ({ file, name }) => !['"', "`"].some((quote) => textOf(file).includes(`${quote}${name}${quote}`)),
  );

  expect(gone).toEqual([]);
  expect(named.length).toBeGreaterThan(100);
});
