// Throw-away databases: each a copy of the service's migrated template, opened with the service's own small rights.

import { randomBytes } from "node:crypto";
import { escapeIdentifier } from "pg";
import { migrationsOf } from "../../mixins/database/read-migrations.ts";
import { provisionDatabases, restrictAccess } from "../../runtime/provision-databases.ts";
import { databaseUrl, testServer, withAdmin } from "./test-server.ts";

export type TestDatabase = { url: string; adminUrl: string; drop(): Promise<void> };

/**
 * A new database of this service, connected as its least-privilege role (`url`) or as the admin (`adminUrl`).
 * A test that does not drop it, because it failed, leaves it to look at until the run ends.
 */
export async function testDatabase(service: string): Promise<TestDatabase> {
  const { adminUrl, prefix, password } = testServer();
  const role = `${prefix}${service}`;
  const name = `${role}_${randomBytes(4).toString("hex")}`;
  await withAdmin("postgres", async (admin) => {
    await ensureTemplate(service);
    await admin.query(`create database ${escapeIdentifier(name)} template ${escapeIdentifier(role)}`);
    // A copy has its tables' rights, but not those of the database itself.
    for (const statement of restrictAccess(name, role)) await admin.query(statement);
  });
  return {
    url: databaseUrl(adminUrl, name, role, password),
    adminUrl: databaseUrl(adminUrl, name),
    drop: () => withAdmin("postgres", (admin) => dropDatabase(admin, name)),
  };
}

const dropDatabase = async (admin: { query(sql: string): Promise<unknown> }, name: string): Promise<void> => {
  await admin.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
};

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
      services: [{ name: service, migrations: migrationsOf(service) }],
      passwords: { [service]: password },
      prefix,
      log: () => {},
    });
    await admin.query(`alter database ${escapeIdentifier(name)} is_template true`);
  });
}
