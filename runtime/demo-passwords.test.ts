import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { chooseDemoPasswords } from "./demo-passwords.ts";
import { PUBLISHED_PASSWORDS } from "./seed-shop.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "demo-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));
const modeOf = (path: string) => statSync(path).mode & 0o777;

test("a shop that only its own machine reaches has the published passwords", () => {
  expect(chooseDemoPasswords({ host: "127.0.0.1", dataDir })).toEqual({ passwords: PUBLISHED_PASSWORDS, told: true });
  expect(existsSync(join(dataDir, "demo-accounts.json"))).toBe(false);
});

test("any other has random ones, told when they are made and kept for their owner alone", () => {
  const first = chooseDemoPasswords({ host: "0.0.0.0", dataDir });
  const again = chooseDemoPasswords({ host: "0.0.0.0", dataDir });

  const file = join(dataDir, "demo-accounts.json");
  expect(first.told).toBe(true);
  expect(again).toEqual({ passwords: first.passwords, told: file });
  expect(Object.values(first.passwords).every((each) => each.length >= 16)).toBe(true);
  expect(Object.values(first.passwords)).not.toEqual(Object.values(PUBLISHED_PASSWORDS));
  expect(modeOf(file)).toBe(0o600);
});

test("a shop that was reachable once keeps its own passwords on loopback as well", () => {
  const { passwords } = chooseDemoPasswords({ host: "0.0.0.0", dataDir });

  expect(chooseDemoPasswords({ host: "127.0.0.1", dataDir }).passwords).toEqual(passwords);
});
