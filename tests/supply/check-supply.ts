// `npm run check:supply`: what the lock file lets in. `--licences` lists what production is made of instead.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { faultsOf, type LockFile, licencesOf, type Manifest } from "./supply-rules.ts";

const read = <T>(name: string): T => JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", name), "utf8")) as T;
const lock = read<LockFile>("package-lock.json");

if (process.argv.includes("--licences")) {
  for (const [name, version, licence] of licencesOf(lock)) console.log(`${licence}\t${name}\t${version}`);
} else {
  const faults = faultsOf(lock, read<Manifest>("package.json"));
  for (const fault of faults) console.error(fault);
  console.log(`${Object.keys(lock.packages).length} packages: ${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
