import type { Settings } from "./server.ts";

const PLAIN = /^[\w@%+=:,./{}-]*$/;

/** `KEY=value` lines that a shell and Node's `--env-file` read alike. Throws for a value that neither could hold. */
export function settingsLines(settings: Settings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${quote(key, value)}\n`)
    .join("");
}

function quote(key: string, value: string): string {
  if (PLAIN.test(value)) return value;
  // Inside single quotes neither of them knows an escape.
  if (/['\n\r]/.test(value)) throw new Error(`${key} has a quote or a line break in its value`);
  return `'${value}'`;
}
