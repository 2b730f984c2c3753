// Numbered SQL, forward only, each file once, in order, in a transaction of its own, under one lock per database.
// What has been applied never changes: a fix is a new file. A file that older code cannot work with says so in a line
// `-- breaks older code: <why, in one sentence>`; every other one must leave the old release running beside the new one.
// In a migration, `:role` stands for the (quoted) login role of the service, so that append-only tables can say
// `revoke update, delete on stock_ledger from :role;`.

import { type ClientBase, escapeIdentifier } from "pg";
import { type Migration, readMigrations } from "./read-migrations.ts";

export type MigrateOptions = {
  service: string;
  directories: string[];
  log(line: string): void;
  /** What `:role` in the SQL stands for. Needed only where a migration says it. */
  role?: string;
};
export type SchemaOptions = Pick<MigrateOptions, "service" | "directories">;

type Applied = Pick<Migration, "source" | "number" | "name" | "checksum" | "breaks">;

const LOCK = "select pg_advisory_lock(hashtext('schema_migrations'))";
const UNLOCK = "select pg_advisory_unlock(hashtext('schema_migrations'))";
const ROLE = /(?<![:\w]):role\b/g; // not the cast in x::role

/**
 * Brings the database up to what the directories say; any number of processes may do so at once.
 * Throws, having changed nothing further, when a file fails, when an applied file has changed, when a file comes before
 * one that is already applied, and when the database knows a file that the code does not have and that broke older code.
 */
export async function migrate(client: ClientBase, options: MigrateOptions): Promise<void> {
  const { service, directories, log } = options;
  const migrations = await readMigrations(service, directories);
  if (planMigrations(service, migrations, await readApplied(client)).length === 0) return;

  await client.query(LOCK);
  try {
    await prepareBook(client, options.role);
    for (const migration of planMigrations(service, migrations, await readApplied(client))) {
      await apply(client, migration, options);
      log(`${service}: applied ${migration.name}`);
    }
  } finally {
    await client.query(UNLOCK);
  }
}

/** Whether everything is applied. Throws for a database that broke this code or was made by other files. */
export async function schemaIsCurrent(client: ClientBase, { service, directories }: SchemaOptions): Promise<boolean> {
  const migrations = await readMigrations(service, directories);
  return planMigrations(service, migrations, await readApplied(client)).length === 0;
}

/**
 * For a service's start: throws unless the code can work with the database. One that is newer is no hindrance, so that old
 * nodes go on and come back while new ones are brought in, unless one of its migrations says that it broke older code.
 */
export async function assertSchemaFits(client: ClientBase, options: SchemaOptions): Promise<void> {
  if (await schemaIsCurrent(client, options)) return;
  throw new Error(`${options.service}: the database is older than the code. Run \`npm run migrate\` first.`);
}

function planMigrations(service: string, migrations: Migration[], applied: Applied[]): Migration[] {
  const same = (one: Applied, other: Applied) => one.source === other.source && one.number === other.number;
  const broke = applied.find((row) => row.breaks !== null && !migrations.some((file) => same(file, row)));
  if (broke) {
    throw new Error(
      `${service}: the database is newer than the code, and ${broke.name} broke older code: ${broke.breaks}`,
    );
  }
  return migrations.filter((file) => {
    const row = applied.find((each) => same(each, file));
    if (row !== undefined && row.checksum !== file.checksum) {
      throw new Error(
        `${service}: ${file.name} has changed since it was applied. Put it back and write a new migration.`,
      );
    }
    const later = applied.find((each) => each.source === file.source && each.number > file.number);
    if (row === undefined && later !== undefined) {
      throw new Error(
        `${service}: ${file.name} comes before ${later.name}, which is already applied. Give it a new number.`,
      );
    }
    return row === undefined;
  });
}

async function readApplied(client: ClientBase): Promise<Applied[]> {
  try {
    // By way of JSON: the book of a database that was migrated last by an older release has no column `breaks`.
    const { rows } = await client.query<Applied>(
      "select source, number, name, checksum, to_jsonb(book) ->> 'breaks' as breaks from public.schema_migrations as book",
    );
    return rows;
  } catch (error) {
    if ((error as { code?: string }).code === "42P01") return []; // no such table yet
    throw error;
  }
}

async function prepareBook(client: ClientBase, role: string | undefined): Promise<void> {
  await client.query(`create table if not exists public.schema_migrations (
    source text, number int, name text not null, checksum text not null, applied_at timestamptz not null default now(),
    breaks text, primary key (source, number));
    alter table public.schema_migrations add column if not exists breaks text`);
  // Default privileges would let the service rewrite its own history.
  if (role === undefined) return;
  const name = escapeIdentifier(role);
  await client.query(
    `revoke all on public.schema_migrations from ${name}; grant select on public.schema_migrations to ${name}`,
  );
}

async function apply(
  client: ClientBase,
  { sql, ...migration }: Migration,
  { service, role }: MigrateOptions,
): Promise<void> {
  const withRole = sql.replace(ROLE, () => {
    if (role === undefined) throw new Error(`${service}: ${migration.name} says :role, but no role was given`);
    return escapeIdentifier(role);
  });
  const { source, number, name, checksum, breaks } = migration;
  try {
    await client.query("begin; set local search_path = public");
    await client.query(withRole);
    await client.query(
      "insert into public.schema_migrations (source, number, name, checksum, breaks) values ($1, $2, $3, $4, $5)",
      [source, number, name, checksum, breaks],
    );
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback");
    throw new Error(`${service}: ${name} failed and left nothing behind: ${(cause as Error).message}`, { cause });
  }
}
