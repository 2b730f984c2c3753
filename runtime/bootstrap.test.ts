import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { NODE_FLAGS } from "./node-flags.mjs";
import { identifyProcess } from "./process-identity.ts";
import { waitUntil } from "./wait-until.ts";

// A tree of its own, where an "npm" stands in that writes down that it was called and "installs" this very Node.
let root: string;
const children: ChildProcess[] = [];

const PROGRAM = `
  import { exitWithParent } from "./runtime/exit-with-parent.ts";
  const [mode]: string[] = process.argv.slice(2);
  if (mode === "fail") process.exit(7);
  if (mode === "die") process.kill(process.pid, "SIGKILL");
  const alive = setInterval(() => {}, 1000);
  const end = (why: string) => { console.log(why); clearInterval(alive); };
  process.once("SIGTERM", () => end("ended by SIGTERM"));
  exitWithParent(() => end("ended with its parent"));
  // Last, when it can be told to end.
  console.log(JSON.stringify({ pid: process.pid, flags: process.execArgv, mode }));
`;
const FAKE_NPM = `
  const { appendFileSync, mkdirSync, symlinkSync, existsSync } = require("node:fs");
  appendFileSync("npm-calls", process.argv.slice(2).join(" ") + "\\n");
  mkdirSync("node_modules/.bin", { recursive: true });
  if (!existsSync("node_modules/.bin/node")) symlinkSync(process.execPath, "node_modules/.bin/node");
`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bootstrap-"));
  mkdirSync(join(root, "runtime"));
  for (const file of ["bootstrap.mjs", "node-flags.mjs", "exit-with-parent.ts"]) {
    cpSync(join(import.meta.dirname, file), join(root, "runtime", file));
  }
  writeFileSync(join(root, "package.json"), '{ "type": "module" }');
  writeFileSync(join(root, "program.ts"), PROGRAM);
  // The stand-in is CommonJS, so it has a package of its own in the tree's "type": "module".
  mkdirSync(join(root, "npm"));
  writeFileSync(join(root, "npm", "package.json"), "{}");
  writeFileSync(join(root, "npm", "npm.js"), FAKE_NPM);
  lockFile({ "": {}, "node_modules/mug": { version: "1.0.0" } });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true, maxRetries: 10 });
});

const lockFile = (packages: object) => writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages }));
const npmCalls = () =>
  existsSync(join(root, "npm-calls")) ? readFileSync(join(root, "npm-calls"), "utf8").trim().split("\n") : [];

function bootstrap(...words: string[]) {
  const env: NodeJS.ProcessEnv = { ...process.env, npm_execpath: join(root, "npm", "npm.js") };
  delete env.npm_lifecycle_event;
  delete env.NODE_ENV;
  const child = spawn(process.execPath, [join(root, "runtime", "bootstrap.mjs"), ...words], { cwd: root, env });
  children.push(child);
  const output: string[] = [];
  child.stdout.on("data", (chunk) => output.push(String(chunk)));
  const said = (text: string) =>
    waitUntil(() => output.join("").includes(text), { what: `"${text}"`, withinMs: 10_000 });
  const exitCode = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const started = async () => {
    await said("pid");
    return JSON.parse(output.join("")) as { pid: number; flags: string[]; mode?: string };
  };
  const last = <T>() => JSON.parse(output.join("").trim().split("\n").at(-1) as string) as T;
  return { child, said, exitCode, started, last };
}

test("a program has no way to a prototype by name, no debugger that a signal opens, and is production where customers are", async () => {
  const said = "console.log(JSON.stringify([typeof ({}).__proto__, process.execArgv, process.env.NODE_ENV ?? null]))";
  for (const file of ["runtime/main.ts", "aside.ts"]) writeFileSync(join(root, file), said);

  const [main, aside] = [bootstrap("runtime/main.ts"), bootstrap("aside.ts")];

  const flags = expect.arrayContaining(["--disable-proto=delete", "--disable-sigusr1"]);
  await Promise.all([main, aside].map(({ exitCode }) => exitCode));
  expect(main.last()).toEqual(["undefined", flags, "production"]);
  expect(aside.last<unknown[]>()[2]).not.toBe("production");
});

test("passes flags to Node, arguments to the program, and its exit code back", async () => {
  const running = bootstrap("--experimental-vm-modules", "program.ts", "serve");
  const { flags, mode } = await running.started();

  expect(flags).toEqual([...NODE_FLAGS, "--experimental-vm-modules"]);
  expect(mode).toBe("serve");
  expect(await bootstrap("program.ts", "fail").exitCode).toBe(7);
  expect(await bootstrap("program.ts", "die").exitCode).toBe(137);
});

test("installs once, also when two start at once, and again when the lock file changes", async () => {
  await Promise.all([1, 2].map(() => bootstrap("program.ts", "fail").exitCode));
  await bootstrap("program.ts", "fail").exitCode;
  expect(npmCalls()).toEqual(["ci --no-audit --no-fund --loglevel=error"]);

  lockFile({ "": {}, "node_modules/mug": { version: "1.0.1" } });
  await bootstrap("program.ts", "fail").exitCode;
  expect(npmCalls()).toHaveLength(2);
});

test("believes npm's own record of an installation", async () => {
  mkdirSync(join(root, "node_modules", ".bin"), { recursive: true });
  symlinkSync(process.execPath, join(root, "node_modules", ".bin", "node"));
  const packages = { "node_modules/mug": { version: "1.0.0" } };
  writeFileSync(join(root, "node_modules", ".package-lock.json"), JSON.stringify({ packages }));

  expect(await bootstrap("program.ts", "fail").exitCode).toBe(7);
  expect(npmCalls()).toEqual([]);
});

test("succeeds an installer that was killed", async () => {
  mkdirSync(join(root, ".data", "install.lock"), { recursive: true });
  writeFileSync(join(root, ".data", "install.lock", "pid"), String(2 ** 30));

  expect(await bootstrap("program.ts", "fail").exitCode).toBe(7);
});

test("hands SIGTERM on and waits for the program's own end", async () => {
  const running = bootstrap("program.ts");
  await running.started();
  running.child.kill("SIGTERM");

  await running.said("ended by SIGTERM");
  expect(await running.exitCode).toBe(0);
});

test("takes the program along when it is killed itself", async () => {
  const running = bootstrap("program.ts");
  const { pid } = await running.started();
  running.child.kill("SIGKILL");

  await running.said("ended with its parent");
  await waitUntil(() => identifyProcess(pid) === undefined, { what: "the program's end", withinMs: 5_000 });
});

test("starts the program anew when a file of it changes, and takes it along when the watcher dies", async () => {
  const running = bootstrap("--watch", "--watch-preserve-output", "program.ts", "first");
  await running.started();
  writeFileSync(join(root, "program.ts"), PROGRAM.replace("{ pid:", "{ watcher: process.ppid, pid:"));
  await running.said("watcher");
  const { watcher, pid } = running.last<{ watcher: number; pid: number }>();

  process.kill(watcher, "SIGKILL");

  await running.said("ended with its parent");
  await waitUntil(() => identifyProcess(pid) === undefined, { what: "the program's end", withinMs: 5_000 });
});
