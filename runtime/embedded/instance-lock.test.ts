import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { identifyProcess } from "../process-identity.ts";
import { lockInstance } from "./instance-lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a process that tries to lock, answers with "locked" or the refusal, and lives until its input ends. */
function contend(gate: string) {
  const script = `
    import { existsSync } from "node:fs";
    import { lockInstance } from ${JSON.stringify(join(import.meta.dirname, "instance-lock.ts"))};
    while (!existsSync(${JSON.stringify(gate)}));
    try { lockInstance(${JSON.stringify(folder)}); console.log("locked"); } catch (error) { console.log(error.message); }
    process.stdin.resume();`;
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script];
  const child = spawn(process.execPath, flags, { stdio: ["pipe", "pipe", "inherit"] });
  const answer = new Promise<string>((resolve) => child.stdout.once("data", (chunk) => resolve(String(chunk).trim())));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return { child, answer, ended };
}

test("refuses a folder that a live process owns, naming both", () => {
  lockInstance(folder);

  expect(() => lockInstance(folder)).toThrow(`The data folder ${folder} is in use by process ${process.pid}.`);
});

test("gives a released folder to the next", () => {
  const release = lockInstance(folder);
  release();
  release();

  expect(() => lockInstance(folder)()).not.toThrow();
});

test("succeeds an owner whose pid now belongs to another process", () => {
  const owner = { pid: process.pid, identity: `${identifyProcess(process.pid)} before` };
  writeFileSync(join(folder, "instance.7.lock"), JSON.stringify(owner));

  lockInstance(folder);

  expect(existsSync(join(folder, "instance.8.lock"))).toBe(true);
});

test("gives the folder of a killed owner to exactly one of many", async () => {
  const gate = join(folder, "gate");
  const first = contend(gate);
  writeFileSync(gate, "");
  expect(await first.answer).toBe("locked");
  first.child.kill("SIGKILL");
  await first.ended;
  rmSync(gate);

  const contenders = Array.from({ length: 4 }, () => contend(gate));
  writeFileSync(gate, "");
  const answers = await Promise.all(contenders.map(({ answer }) => answer));

  for (const { child } of contenders) child.stdin.end();
  await Promise.all(contenders.map(({ ended }) => ended));
  expect(answers.filter((answer) => answer === "locked")).toHaveLength(1);
  expect(answers.filter((answer) => answer.includes("in use by process"))).toHaveLength(3);
});
