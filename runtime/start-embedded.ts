// The embedded parts: one instance per data folder, a real Postgres in it, a database and a small role per service, with
// the current tables.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertPortIsFree } from "./assert-port-is-free.ts";
import type { Config } from "./config.ts";
import { closeFolder } from "./embedded/close-folder.ts";
import { lockInstance } from "./embedded/instance-lock.ts";
import { startPostgres } from "./embedded/start-postgres.ts";
import { provisionDatabases } from "./provision-databases.ts";
import { DATABASES, databasesToProvision } from "./services.ts";

export interface Embedded {
  databaseUrl: (database: string) => string;
  stop: () => Promise<void>;
}

/** @throws Error with a plain sentence when the port is taken or the folder is in use by another instance */
export async function startEmbedded({ dataDir, host, port }: Config, log: (line: string) => void): Promise<Embedded> {
  // Looked at first: a second instance should say so at once, and start nothing.
  await assertPortIsFree(host, port);
  closeFolder(dataDir);
  const unlock = lockInstance(dataDir);
  try {
    const postgres = await startPostgres({ dataDir: join(dataDir, "postgres"), log });
    const stop = async () => {
      await postgres.stop();
      unlock();
    };
    try {
      const passwords = rolePasswords(join(dataDir, "passwords.json"));
      await provisionDatabases({
        adminUrl: postgres.adminUrl,
        services: databasesToProvision(),
        passwords,
        log,
      });
      const databaseUrl = (name: string) =>
        `postgres://commerce_${name}:${passwords[name]}@${postgres.host}:${postgres.port}/commerce_${name}`;
      return { databaseUrl, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Random, made once, readable by the owner of the data folder alone. */
function rolePasswords(file: string): Record<string, string> {
  const known: Record<string, string> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const passwords = Object.fromEntries(DATABASES.map((name) => [name, known[name] ?? randomBytes(24).toString("hex")]));
  writeFileSync(file, JSON.stringify(passwords), { mode: 0o600 });
  return passwords;
}
