import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export type Migration = {
  source: string;
  number: number;
  name: string;
  checksum: string;
  sql: string;
  /** Why older code cannot work with the database any more; null when it can. */
  breaks: string | null;
};

const PLATFORM = join(import.meta.dirname, "migrations");
const BREAKS = /^-- breaks older code: (.+)$/m;
const FILE_NAME = /^(\d{4})-([a-z0-9-]+)\.sql$/;

/** A database as its owner describes it. */
export interface DatabasePlan {
  name: string;
  /** The folder of its numbered SQL files. */
  migrations: string;
}

/** The folders that a database is made from, in order: the platform's tables, then its own. */
export const migrationFolders = ({ migrations }: DatabasePlan): string[] => [PLATFORM, migrations];

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
  const checksum = createHash("sha256").update(sql).digest("hex");
  return { number: Number(number), name: file, checksum, sql, breaks: BREAKS.exec(sql)?.[1]?.trim() ?? null };
}
