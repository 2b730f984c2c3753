import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export type Migration = { source: string; number: number; name: string; checksum: string; sql: string };

const ROOT = join(import.meta.dirname, "..");
const PLATFORM = join(import.meta.dirname, "migrations");
const FILE_NAME = /^(\d{4})-([a-z0-9-]+)\.sql$/;

/** Databases that belong to no service: the sandbox provider has its own, as a real provider would. */
const FOLDERS: Record<string, string> = { sandbox: "payments/providers/sandbox" };

/** The folders a service's database is made from, in order: the platform's tables, then its own. */
export function migrationsOf(service: string): string[] {
  return [PLATFORM, join(ROOT, "services", FOLDERS[service] ?? service, "migrations")].filter((directory) =>
    existsSync(directory),
  );
}

/**
 * Reads the numbered SQL files of all directories, in the order in which they run.
 * Throws for a file that is not called NNNN-name.sql, and for a number given twice.
 */
export async function readMigrations(service: string, directories: string[]): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for (const directory of directories) {
    const source = directory === PLATFORM ? "platform" : service;
    for (const file of (await readdir(directory)).sort()) {
      const migration = { source, ...(await readMigration(directory, file)) };
      const twin = migrations.find((other) => other.source === source && other.number === migration.number);
      if (twin) throw new Error(`${service}: ${migration.name} and ${twin.name} have the same number`);
      migrations.push(migration);
    }
  }
  return migrations;
}

async function readMigration(directory: string, file: string): Promise<Omit<Migration, "source">> {
  const [, number] = FILE_NAME.exec(file) ?? [];
  if (number === undefined) throw new Error(`${join(directory, file)} is not called like 0001-name.sql`);
  // Line ends are git's business: a checkout on another system is the same migration.
  const sql = (await readFile(join(directory, file), "utf8")).replaceAll("\r\n", "\n");
  return { number: Number(number), name: file, checksum: createHash("sha256").update(sql).digest("hex"), sql };
}
