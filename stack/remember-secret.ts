import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** A secret that is made once and kept beside the data it opens, readable by its owner alone. */
export function rememberSecret(file: string, make: () => string): string {
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, make(), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, "utf8").trim();
}
