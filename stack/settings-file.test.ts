import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { identifyProcess } from "../runtime/process-identity.ts";
import { clearSettingsFile, removeSettingsFile, writeSettingsFile } from "./settings-file.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stack-"));
  file = join(folder, "deep", "stack.env");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const disguise = (identity: string) =>
  writeFileSync(file, readFileSync(file, "utf8").replace(identifyProcess(process.pid) ?? "", identity));

test("is there while the stack is up, for its owner's eyes alone", () => {
  writeSettingsFile(file, { REDIS_URL: "redis://127.0.0.1:1" });

  expect(readFileSync(file, "utf8").split("\n").slice(1)).toEqual(["REDIS_URL=redis://127.0.0.1:1", ""]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  removeSettingsFile(file);
  expect(existsSync(file)).toBe(false);
});

test("removes what a killed stack left there", () => {
  writeSettingsFile(file, {});
  disguise(`${process.pid} of an earlier boot`);

  clearSettingsFile(file);

  expect(existsSync(file)).toBe(false);
});

test("leaves alone the file of another stack that is up, and says whose it is", () => {
  writeSettingsFile(file, {});
  disguise(identifyProcess(process.ppid) ?? "");

  expect(() => clearSettingsFile(file)).toThrow(`belongs to a stack that is up (process ${process.ppid})`);
  removeSettingsFile(file);
  expect(existsSync(file)).toBe(true);
});

test("leaves alone a file of one's own", () => {
  const own = join(folder, ".env");
  writeFileSync(own, "PORT=4000\n");

  expect(() => clearSettingsFile(own)).toThrow("was not made by the stack");
  removeSettingsFile(own);
  expect(readFileSync(own, "utf8")).toBe("PORT=4000\n");
});
