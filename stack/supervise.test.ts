import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { supervised } from "./supervise.ts";

let folder: string;
let abort: AbortController;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stack-"));
  abort = new AbortController();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function startNode(script: string, isReady: () => boolean) {
  const launch = { command: process.execPath, args: ["-e", script], settings: { SOME_URL: "here" } };
  const start = supervised(async () => ({ ...launch, isReady: async () => isReady() }));
  const surroundings = { folder, cacheDir: folder, port: undefined, env: process.env, log: () => {} };
  return start({ ...surroundings, signal: abort.signal });
}

const SERVES = `require("node:fs").writeFileSync("up", String(process.pid)); setInterval(() => {}, 1000)`;
const isUp = () => existsSync(join(folder, "up"));

test("keeps a server from readiness to its stop, and its folder for it alone", async () => {
  const server = await startNode(SERVES, isUp);

  expect(server.settings).toEqual({ SOME_URL: "here" });
  await expect(startNode(SERVES, isUp)).rejects.toThrow("is in use by process");
  await server.stop();
  expect(await server.exited).toBe("SIGTERM");
  expect(existsSync(join(folder, "server.pid"))).toBe(false);
});

test("ends a server whose start the stack gives up on", async () => {
  let asked = 0;
  const start = startNode(SERVES, () => {
    if (isUp() && asked++ === 0) abort.abort(new Error("the stack was stopped"));
    return false;
  });

  await expect(start).rejects.toThrow("the stack was stopped");
  expect(existsSync(join(folder, "server.pid"))).toBe(false);
});

test("says what a server wrote that ended at once", async () => {
  const start = startNode(`console.error("cannot open my data"); process.exit(4)`, () => false);

  await expect(start).rejects.toThrow(/it ended at once \(code 4\);[\s\S]*cannot open my data/);
});

test("says what cannot be run at all", async () => {
  const nowhere = join(folder, "no-such-server");
  const launch = { command: nowhere, args: [], settings: {}, isReady: async () => true };
  const start = supervised(async () => launch);
  const given = { folder, cacheDir: folder, port: undefined, env: {}, log: () => {}, signal: abort.signal };

  await expect(start(given)).rejects.toThrow(`spawn ${nowhere} ENOENT`);
  expect(existsSync(join(folder, "server.pid"))).toBe(false);
});
