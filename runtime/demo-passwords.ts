// The passwords of the demo accounts. The published ones are for a shop that only this machine reaches; for any other, random ones
// are made once, printed once and kept in the data folder.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isLoopback } from "./config-values.ts";
import { DEMO_ACCOUNTS, type DemoPasswords, PUBLISHED_PASSWORDS } from "./seed-shop.ts";

export interface ChosenPasswords {
  passwords: DemoPasswords;
  /** To be printed: published, or made just now. Where they are otherwise. */
  told: true | string;
}

export function chooseDemoPasswords({ host, dataDir }: { host: string; dataDir: string }): ChosenPasswords {
  const file = join(dataDir, "demo-accounts.json");
  // A shop that was reachable once keeps them, or what it was made safe by would be undone by one start on loopback.
  if (existsSync(file)) return { passwords: JSON.parse(readFileSync(file, "utf8")), told: file };
  if (isLoopback(host)) return { passwords: PUBLISHED_PASSWORDS, told: true };
  const random = () => randomBytes(12).toString("base64url");
  const made = Object.keys(DEMO_ACCOUNTS).map((role) => [role, random()]);
  const passwords = Object.fromEntries(made) as unknown as DemoPasswords;
  writeFileSync(file, JSON.stringify(passwords), { mode: 0o600 });
  return { passwords, told: true };
}
