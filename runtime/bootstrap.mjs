// Runs a TypeScript program with the Node that package-lock.json names, and installs what the lock file names first when
// that has not happened yet: node runtime/bootstrap.mjs [--node-flag...] <script> [args...]. Needs nothing but Node 18.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { NODE_FLAGS, PRODUCTION } from "./node-flags.mjs";

const NODE_MAJOR = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const stampFile = join(modules, ".installed-lock");
const installLock = join(root, ".data", "install.lock"); // not in node_modules: npm ci empties that

function wanted() {
  const lockFile = readFileSync(join(root, "package-lock.json"));
  return `${createHash("sha256").update(lockFile).digest("hex")} ${process.platform} ${process.arch}\n`;
}

function pinnedNode() {
  const names = process.platform === "win32" ? ["node/bin/node.exe"] : [".bin/node", "node/bin/node"];
  const found = names.map((name) => join(modules, name)).find(existsSync);
  return found === undefined ? undefined : realpathSync(found);
}

function nodeToUse() {
  return pinnedNode() ?? (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR ? process.execPath : undefined);
}

function isInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted() && nodeToUse() !== undefined;
}

// A plain `npm ci` or `npm install` leaves no stamp of ours, but its own record of what lies there: believe that one too.
/** @param withDev whether what only development needs has to be there as well */
function npmRecordMatches(withDev) {
  const record = join(modules, ".package-lock.json");
  if (!existsSync(record) || pinnedNode() === undefined) return false;
  const { packages: there } = JSON.parse(readFileSync(record, "utf8"));
  const { packages: named } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return Object.entries(named).every(
    ([path, { version, integrity, optional, dev, devOptional }]) =>
      path === "" ||
      (there[path]?.version === version && there[path]?.integrity === integrity) ||
      ((optional || (!withDev && (dev || devOptional))) && !there[path]),
  );
}

async function install() {
  await takeInstallLock();
  try {
    if (isInstalled()) return;
    // A machine for production has what production needs, and is not marked as one that could run the tests.
    if (isProduction && npmRecordMatches(false) && !npmRecordMatches(true)) return;
    if (!npmRecordMatches(true)) {
      process.stderr.write("installing what package-lock.json names ...\n");
      // Errors only: some packages warn about an older system Node, which is not the one that runs them.
      runNpm(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    }
    writeFileSync(stampFile, wanted());
  } finally {
    rmSync(installLock, { recursive: true, force: true });
  }
}

function runNpm(args) {
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  const options = { cwd: root, stdio: ["inherit", 2, 2], shell: process.platform === "win32" };
  const { status, signal, error } = spawnSync(command, [...first, ...args], options);
  if (error) throw new Error(`npm could not be started: ${error.message}`);
  if (signal) process.kill(process.pid, signal);
  if (status !== 0) throw new Error(`npm ${args[0]} failed (code ${status}); see what it wrote above.`);
}

async function takeInstallLock() {
  mkdirSync(dirname(installLock), { recursive: true });
  for (;;) {
    try {
      mkdirSync(installLock);
      writeFileSync(join(installLock, "pid"), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (installerIsGone()) discardInstallLock();
    else await pause(200);
  }
}

function installerIsGone() {
  try {
    const pid = Number(readFileSync(join(installLock, "pid"), "utf8"));
    if (pid > 0) process.kill(pid, 0);
    return pid <= 0 && Date.now() - statSync(installLock).mtimeMs > 5_000;
  } catch (error) {
    if (error.code === "ESRCH") return true;
    if (error.code !== "ENOENT") return false;
    const age = Date.now() - (statSync(installLock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    return age > 5_000; // made, but its owner died before it wrote its pid
  }
}

function discardInstallLock() {
  const aside = `${installLock}.${process.pid}`;
  try {
    renameSync(installLock, aside);
    rmSync(aside, { recursive: true, force: true });
  } catch (error) {
    if (error.code !== "ENOENT") throw error; // another waiter was quicker
  }
}

function run(node, flags, args) {
  const env = { ...process.env, EXIT_WITH_PARENT_FD: "3" };
  if (isProduction) env.NODE_ENV ||= "production";
  const bin = join(modules, ".bin");
  if (!env.PATH?.split(delimiter).includes(bin)) env.PATH = `${bin}${delimiter}${env.PATH ?? ""}`;
  // The fourth descriptor carries nothing: it closes when this process is gone, however it went (exit-with-parent.ts).
  const stdio = ["inherit", "inherit", "inherit", "pipe"];
  const child = spawn(node, [...NODE_FLAGS, ...flags, ...args], { env, stdio });

  // Ctrl-C reaches the whole group, npm passes on what it gets, and a plain kill reaches only us: the child hears of each
  // signal once from here, whichever way it came.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    let forwarded = false;
    process.on(signal, () => {
      if (!forwarded) child.kill(signal);
      forwarded = true;
    });
  }
  followNpm(child);
  child.stdio[3]?.on("error", () => {});
  child.once("error", (error) => fail(`${node} could not be started: ${error.message}`));
  child.once("exit", (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]));
}

// npm runs scripts through a shell. A shell that is killed tells nobody, nor does an npm that is killed tell its shell:
// what can be seen of either is a parent that changed.
function followNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const before = ancestry();
  const watch = setInterval(() => {
    if (ancestry() === before) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, 500);
  watch.unref();
}

function ancestry() {
  const parent = process.ppid;
  try {
    const [, name, rest] = /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${parent}/stat`, "utf8")) ?? [];
    return name?.endsWith("sh") ? `${parent} of ${rest.split(" ")[1]}` : `${parent}`;
  } catch {
    return `${parent}`;
  }
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

const words = process.argv.slice(2);
const scriptAt = words.findIndex((word) => !word.startsWith("-"));
if (scriptAt === -1) fail("usage: node runtime/bootstrap.mjs [--node-flag...] <script> [args...]");
const isProduction = PRODUCTION.includes(words[scriptAt]);
try {
  if (!isInstalled()) await install();
} catch (error) {
  fail(error.message);
}
const node = nodeToUse();
if (node === undefined) {
  fail(
    `Node ${NODE_MAJOR} is missing: the npm package "node" brings it, but its install script did not run (is ignore-scripts on?).`,
  );
}
run(node, words.slice(0, scriptAt), words.slice(scriptAt));
