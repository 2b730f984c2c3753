// `npm run check:imports`: whether every arrow between files runs along its floor or down, no file stands in a circle, and
// services know each other by contract alone. Types count as well. Prints every breach and exits 1 when there is one.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { findCircles } from "./find-circles.ts";
import { findBreach, isTest, namesServices, ROOMS } from "./floors.ts";

const root = resolve(import.meta.dirname, "..", "..");
const IMPORT = /(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+\.ts)["']/g;

const fromRoot = (path: string) => relative(root, path).split(sep).join("/");
const files = ROOMS.flatMap((room) => {
  const path = join(root, room);
  if (statSync(path).isFile()) return [room];
  const inside = readdirSync(path, { recursive: true, encoding: "utf8" });
  return inside.filter((file) => file.endsWith(".ts")).map((file) => fromRoot(join(path, file)));
});
const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
const imports = new Map(
  [...texts].map(([file, text]) => {
    const targets = [...text.matchAll(IMPORT)].map(([, target = ""]) => fromRoot(resolve(root, dirname(file), target)));
    return [file, [...new Set(targets)]];
  }),
);

const breaches = [...imports].flatMap(([from, targets]) =>
  targets.flatMap((to) => {
    const breach = findBreach(from, to);
    return breach === undefined ? [] : [`${from} imports ${to}: ${breach}`];
  }),
);
const named = [...texts]
  .filter(([file, text]) => namesServices(file, text))
  .map(([file]) => `${file} names the services' folder`);
const circles = findCircles(imports).map((circle) => `a circle of files: ${circle.join(", ")}`);
const faults = [...breaches, ...named, ...circles];

for (const fault of faults) console.error(fault);
const arrows = [...imports].filter(([file]) => !isTest(file)).reduce((sum, [, targets]) => sum + targets.length, 0);
console.log(
  `${files.length} files, ${arrows} arrows: ${breaches.length + named.length} over or through the walls, ${circles.length} circles`,
);
process.exit(faults.length === 0 ? 0 : 1);
