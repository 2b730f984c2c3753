// Throw-away databases: each a copy of the service's migrated template, opened with the service's own small rights.

import { randomBytes } from "node:crypto";
import { escapeIdentifier } from "pg";
import type { ServiceName } from "../../contract/contracts.ts";
import { migrationFolders } from "../../database/read-migrations.ts";
import { findService } from "../../runtime/find-service.ts";
import { provisionDatabases, restrictAccess } from "../../runtime/provision-databases.ts";
import { databaseUrl, testServer, withAdmin } from "./test-server.ts";

export type TestDatabase = {
  url: string;
  adminUrl: string;
  /** Gives it back: the next asker of the same test file gets it, emptied, which is ten times quicker than a new one. */
  release(): void;
};

// Of this test file. What they hold goes with the server at the end of the run.
const released = new Map<string, TestDatabase[]>();

/**
 * An empty database of this service, connected as its least-privilege role (`url`) or as the admin (`adminUrl`).
 * A test that does not release it, because it failed, leaves it to look at until the run ends.
 */
export async function testDatabase(service: string): Promise<TestDatabase> {
  const used = released.get(service)?.pop();
  if (used !== undefined) {
    await empty(used);
    return used;
  }
  const { adminUrl, prefix, password } = testServer();
  const role = `${prefix}${service}`;
  const name = `${role}_${randomBytes(4).toString("hex")}`;
  await withAdmin("postgres", async (admin) => {
    await ensureTemplate(service);
    await admin.query(`create database ${escapeIdentifier(name)} template ${escapeIdentifier(role)}`);
    // A copy has its tables' rights, but not those of the database itself.
    for (const statement of restrictAccess(name, role)) await admin.query(statement);
  });
  const database: TestDatabase = {
    url: databaseUrl(adminUrl, name, role, password),
    adminUrl: databaseUrl(adminUrl, name),
    release: () => void released.set(service, [...(released.get(service) ?? []), database]),
  };
  return database;
}

// Few rows are deleted in a tenth of the time that it takes to truncate tables: those get new files, as do all their indexes.
// As a replica's session, so that neither foreign keys ask for an order nor append-only tables refuse.
const EMPTY = `do $$
  declare each regclass;
  begin
    set local session_replication_role = replica;
    for each in select oid from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'schema_migrations'
    loop execute 'delete from ' || each; end loop;
    for each in select oid from pg_class where relkind = 'S' and relnamespace = 'public'::regnamespace
    loop perform setval(each, 1, false); end loop;
  end $$`;

async function empty({ adminUrl }: TestDatabase): Promise<void> {
  await withAdmin(new URL(adminUrl).pathname.slice(1), async (admin) => {
    // A connection left open by the test before could still write.
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
    await admin.query(EMPTY);
  });
}

const templates = new Map<string, Promise<void>>();

function ensureTemplate(service: string): Promise<void> {
  const made = templates.get(service) ?? makeTemplate(service);
  templates.set(service, made);
  return made;
}

// The first worker to ask makes it; the mark "is a template" says that it is whole.
async function makeTemplate(service: string): Promise<void> {
  const { adminUrl, prefix, password } = testServer();
  const name = `${prefix}${service}`;
  await withAdmin("postgres", async (admin) => {
    await admin.query("select pg_advisory_lock(hashtext($1))", [name]);
    const { rowCount } = await admin.query("select from pg_database where datname = $1 and datistemplate", [name]);
    if (rowCount === 1) return;
    await provisionDatabases({
      adminUrl: (database) => databaseUrl(adminUrl, database),
      services: [{ name: service, migrations: await foldersOf(service) }],
      passwords: { [service]: password },
      prefix,
      log: () => {},
    });
    await admin.query(`alter database ${escapeIdentifier(name)} is_template true`);
  });
}

/** The sandbox provider's database is the payments service's to describe. */
async function foldersOf(name: string): Promise<string[]> {
  const { databases } = await findService(name === "sandbox" ? "payments" : (name as ServiceName));
  return databases.filter((plan) => plan.name === name).flatMap(migrationFolders);
}
