// What guessers try first: the tens of thousands that leaks show most often, as zxcvbn publishes them.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

let known: ReadonlySet<string> | undefined;

/** @param folded in NFC and lower case. The list is read when it is first asked for, which takes some milliseconds once */
export function isCommonPassword(folded: string): boolean {
  known ??= new Set(readList());
  return known.has(folded);
}

function readList(): readonly string[] {
  // The plain list: the package's own module unpacks a compressed one, ten times as slowly.
  const file = createRequire(import.meta.url).resolve("@zxcvbn-ts/language-common/src/passwords.json");
  return JSON.parse(readFileSync(file, "utf8"));
}
