// What each service's own login may do in its database, read from the server's catalogue: a new table, or a migration that gives
// more, is in here from its first day.
import { expect, test } from "@jest/globals";
import pg from "pg";
import { DATABASES } from "../runtime/services.ts";
import { testDatabase } from "./support/postgres.ts";

/** Where a service may not just read, add, change and delete; of every other table it may do these four. */
const OTHERWISE: Record<string, string> = {
  schema_migrations: "SELECT",
  stock_movements: "SELECT INSERT",
  order_lines: "SELECT INSERT",
  order_history: "SELECT INSERT",
  payment_ledger: "SELECT INSERT",
  deliveries: "SELECT INSERT UPDATE",
  account_mails: "SELECT INSERT UPDATE",
  webhook_events: "SELECT INSERT UPDATE",
  // What is built from events alone is built anew.
  sales_by_product: "SELECT INSERT UPDATE DELETE TRUNCATE",
  sales_by_country: "SELECT INSERT UPDATE DELETE TRUNCATE",
  sales_progress: "SELECT INSERT UPDATE DELETE TRUNCATE",
};
const ROWS = "SELECT INSERT UPDATE DELETE";

const GRANTS = `select relname as "table", (select string_agg(privilege, ' ' order by place)
    from unnest(array['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) with ordinality as p(privilege, place)
    where has_table_privilege(pg_class.oid, privilege)) as granted,
    pg_get_userbyid(relowner) = current_user as owned
  from pg_class where relkind in ('r', 'p', 'v', 'm') and relnamespace = 'public'::regnamespace order by 1`;
const ROLE = `select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,
    (select count(*)::int from pg_auth_members where member = pg_roles.oid) as groups,
    has_schema_privilege('public', 'create') as ddl,
    has_database_privilege(current_database(), 'create') as schemas,
    has_database_privilege(current_database(), 'temp') as temp,
    has_database_privilege('public', current_database(), 'connect') as everybody,
    current_setting('search_path') as path,
    current_setting('password_encryption') as passwords
  from pg_roles where rolname = current_user`;

test.each(DATABASES)("the login of %s reads and writes rows of its own tables, and is nothing else", async (name) => {
  const database = await testDatabase(name);
  const client = new pg.Client(database.url);
  await client.connect();
  try {
    const { rows: granted } = await client.query<{ table: string; granted: string; owned: boolean }>(GRANTS);
    const { rows: role } = await client.query(ROLE);

    expect(granted.length).toBeGreaterThan(1);
    expect(granted).toEqual(granted.map(({ table }) => ({ table, granted: OTHERWISE[table] ?? ROWS, owned: false })));
    expect(role).toEqual([
      {
        rolsuper: false,
        rolcreatedb: false,
        rolcreaterole: false,
        rolreplication: false,
        rolbypassrls: false,
        groups: 0,
        ddl: false,
        schemas: false,
        temp: false,
        everybody: false,
        path: "public",
        passwords: "scram-sha-256",
      },
    ]);
  } finally {
    await client.end();
    database.release();
  }
});
