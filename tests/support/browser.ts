// A real browser, for the suites that look at pages: Chromium as the system brings it. Without one they say so and are left out;
// the gate always has it.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

export const CHROMIUM = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find(isProgram);

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Says once, loudly, what this run leaves out. */
export function warnWithoutBrowser(): void {
  if (CHROMIUM !== undefined) return;
  process.stderr.write(`\n*** No browser (${NAMES.join(", ")}): its suites are LEFT OUT. ***\n\n`);
}

/** Whoever opens it closes it. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM as string, args: ["--no-sandbox"] });
