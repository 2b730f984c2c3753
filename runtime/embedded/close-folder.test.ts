import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { closeFolder } from "./close-folder.ts";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "close-"));
  folder = join(root, "data");
});
afterEach(() => rmSync(root, { recursive: true }));
const modeOf = (path: string) => statSync(path).mode & 0o7777;

function openFolder(mode: number, ...files: string[]): void {
  mkdirSync(folder);
  for (const file of files) writeFileSync(join(folder, file), "");
  chmodSync(folder, mode);
}

test("a data folder is made for its owner alone", () => {
  closeFolder(join(folder, "deeper"));

  expect([modeOf(folder), modeOf(join(folder, "deeper"))]).toEqual([0o700, 0o700]);
});

test.each([[[]], [["instance.3.lock"]], [["passwords.json", "notes"]], [["0195f2a0.eml"]]])(
  "one that is open and holds %j is closed",
  (files) => {
    openFolder(0o755, ...files);

    closeFolder(folder);

    expect(modeOf(folder)).toBe(0o700);
  },
);

test.each([
  [0o755, ["www", "ftp"]],
  [0o1777, []],
  [0o1777, ["instance.1.lock"]],
])("one of mode %i that holds %j may be others' too, and is refused as it is", (mode, files) => {
  openFolder(mode, ...files);

  expect(() => closeFolder(folder)).toThrow(
    /^The data folder .+ is open to other users .+ DATA_DIR, or chmod 700 it\.$/,
  );
  expect(modeOf(folder)).toBe(mode);
});
