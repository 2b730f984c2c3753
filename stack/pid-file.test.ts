import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { identifyProcess } from "../runtime/process-identity.ts";
import { endLeftover, forgetProcess, recordProcess } from "./pid-file.ts";

let folder: string;
let file: string;
let child: ChildProcess;
let ended: Promise<string | null>;
const said: string[] = [];
const log = (line: string) => void said.push(line);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "stack-"));
  file = join(folder, "server.pid");
  said.length = 0;
  child = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "ignore"] });
  ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
  await new Promise((resolve) => child.once("spawn", resolve));
});
afterEach(async () => {
  child.kill("SIGKILL");
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

test("ends the process that a killed stack left behind, and forgets it", async () => {
  recordProcess(folder, child.pid ?? 0);

  await endLeftover(folder, log);

  expect(await ended).toBe("SIGTERM");
  expect(said).toEqual([`ending the server that an earlier run left behind (process ${child.pid})`]);
  expect(existsSync(file)).toBe(false);
});

test("spares a stranger who got the pid of a server that is gone", async () => {
  writeFileSync(file, JSON.stringify({ pid: child.pid, identity: `${child.pid} of an earlier boot` }));

  await endLeftover(folder, log);

  expect(identifyProcess(child.pid ?? 0)).toBeDefined();
  expect(said).toEqual([]);
  expect(existsSync(file)).toBe(false);
});

test.each([
  ["nothing", undefined],
  ["half a record", '{"pid":'],
  ["something else", '"7"'],
])("goes on when the folder holds %s", async (_, content) => {
  if (content !== undefined) writeFileSync(file, content);

  await endLeftover(folder, log);

  expect(said).toEqual([]);
});

test("records nothing for a process that has ended already", async () => {
  child.kill("SIGKILL");
  await ended;

  expect(recordProcess(folder, child.pid ?? 0)).toBeUndefined();
  expect(existsSync(file)).toBe(false);
});

test("records a process under the identity it will be known by", () => {
  const recorded = recordProcess(folder, child.pid ?? 0);

  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(recorded);
  expect(recorded?.identity).toBe(identifyProcess(child.pid ?? 0));
  forgetProcess(folder);
  expect(existsSync(file)).toBe(false);
});
