// The rule that keeps services apart: across service folders only contracts are imported, and nobody but the gateway's
// and the runtime's own files reaches into a service. Prints every breach and exits 1 when there is one.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { findBreach } from "./find-breach.ts";

const root = resolve(import.meta.dirname, "..", "..");
const folders = [
  "contract",
  "database",
  "events",
  "services",
  "mixins",
  "middlewares",
  "runtime",
  "replay",
  "bench",
  "stack",
  "tests",
];
const IMPORT = /(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(root, folder, file)),
);
const breaches = files.flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(IMPORT)].flatMap(([, target = ""]) => {
    const from = relative(root, file).split(sep).join("/");
    const to = relative(root, resolve(dirname(file), target))
      .split(sep)
      .join("/");
    const breach = findBreach(from, to);
    return breach === undefined ? [] : [`${from} imports ${to}: ${breach}`];
  }),
);

for (const breach of breaches) console.error(breach);
console.log(`${files.length} files, ${breaches.length} imports across the walls`);
process.exit(breaches.length === 0 ? 0 : 1);
