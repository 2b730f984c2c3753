// One database and one login role per service. The role may read and write rows and nothing else: it creates nothing, owns
// nothing, and opens no other service's database. Tables belong to the admin, who alone runs migrations.

import { createHash } from "node:crypto";
import pg, { escapeIdentifier, escapeLiteral } from "pg";
import { migrate } from "../database/migrate.ts";
import { scramVerifier } from "./scram-verifier.ts";

export type ServiceDatabase = { name: string; migrations: string[] };
export type ProvisionOptions = {
  adminUrl(database: string): string;
  services: ServiceDatabase[];
  passwords: Record<string, string>;
  /** Of databases and roles alike. */
  prefix?: string;
  log(line: string): void;
};

/** `name` is the name of the database and of its role. */
type Target = ServiceDatabase & { name: string; service: string; verifier: string; existing: Existing };
type Existing = { database: boolean; role: boolean; mark: string | null };

const MAINTENANCE = "postgres";
const ROLE_ATTRIBUTES = "login nosuperuser nocreatedb nocreaterole";
const ROLE_SETTINGS: Record<string, string> = {
  statement_timeout: "5s",
  lock_timeout: "2s",
  idle_in_transaction_session_timeout: "10s",
  search_path: "public",
  timezone: "UTC",
};

/**
 * Creates what is missing and migrates every database; run again, it only sets the passwords and looks.
 * Any number of processes may call it at once. Throws what Postgres or a migration says.
 */
export async function provisionDatabases(options: ProvisionOptions): Promise<void> {
  const { adminUrl, services, log } = options;
  await withClient(adminUrl(MAINTENANCE), async (admin) => {
    await admin.query("select pg_advisory_lock(hashtext('provision-databases'))");
    const targets = await describeTargets(admin, options);
    await setUpRoles(admin, targets);
    // All to the end, even when one fails: the lock must not go while another one is still at work.
    const outcomes = await Promise.allSettled(targets.map((target) => setUpDatabase(target, options)));
    const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
    for (const failure of failures.slice(1)) log(failure.message);
    if (failures[0]) throw failures[0];
    if (targets.some(({ existing }) => !existing.database)) log(`created databases for ${services.length} services`);
  });
}

async function describeTargets(admin: pg.Client, { services, passwords, prefix = "commerce_" }: ProvisionOptions) {
  const { rows } = await admin.query<Existing & { name: string }>(
    `select name, d.oid is not null as database, r.oid is not null as role, shobj_description(d.oid, 'pg_database') as mark
       from unnest($1::text[]) as name
       left join pg_database d on d.datname = name
       left join pg_roles r on r.rolname = name`,
    [services.map((service) => `${prefix}${service.name}`)],
  );
  const describe = async ({ name: service, migrations }: ServiceDatabase): Promise<Target> => {
    const name = `${prefix}${service}`;
    const password = passwords[service];
    if (!password) throw new Error(`${service}: no password was given for its database`);
    const existing = rows.find((row) => row.name === name) ?? { database: false, role: false, mark: null };
    return { name, service, migrations, existing, verifier: await scramVerifier(password) };
  };
  return Promise.all(services.map(describe));
}

async function setUpRoles(admin: pg.Client, targets: Target[]): Promise<void> {
  const statements = targets.flatMap((target) => {
    const role = escapeIdentifier(target.name);
    const password = `password ${escapeLiteral(target.verifier)}`;
    const access = target.existing.role
      ? `alter role ${role} ${password}`
      : `create role ${role} ${ROLE_ATTRIBUTES} ${password}`;
    return isMarked(target) ? [access] : [access, ...roleSettings(role)];
  });
  await admin.query(["begin", ...statements, "commit"].join(";\n"));
}

async function setUpDatabase(target: Target, { adminUrl, log }: ProvisionOptions): Promise<void> {
  const { name, service, migrations, existing } = target;
  if (!existing.database) await withClient(adminUrl(MAINTENANCE), (admin) => createDatabase(admin, name));
  await withClient(adminUrl(name), async (admin) => {
    if (!isMarked(target)) {
      await admin.query(
        [...grants(name), `comment on database ${escapeIdentifier(name)} is ${escapeLiteral(markOf(name))}`].join(
          ";\n",
        ),
      );
    }
    await migrate(admin, { service, directories: migrations, role: name, log });
  });
}

// Cannot run in a transaction, knows no "if not exists", and reports a clash by either of two codes.
async function createDatabase(admin: pg.Client, name: string): Promise<void> {
  try {
    await admin.query(`create database ${escapeIdentifier(name)} template template0 encoding 'UTF8'`);
  } catch (error) {
    if (!["42P04", "23505"].includes((error as { code?: string }).code ?? "")) throw error;
  }
}

const roleSettings = (role: string): string[] =>
  Object.entries(ROLE_SETTINGS).map(([key, value]) => `alter role ${role} set ${key} = ${escapeLiteral(value)}`);

/** Who may connect to a database: its own role and the admin. */
export function restrictAccess(database: string, role: string): string[] {
  const name = escapeIdentifier(database);
  return [
    `revoke all on database ${name} from public`,
    `grant connect on database ${name} to ${escapeIdentifier(role)}`,
  ];
}

function grants(name: string): string[] {
  const role = escapeIdentifier(name);
  return [
    ...restrictAccess(name, name),
    "revoke create on schema public from public",
    `grant usage on schema public to ${role}`,
    `alter default privileges in schema public grant select, insert, update, delete on tables to ${role}`,
    `alter default privileges in schema public grant usage on sequences to ${role}`,
  ];
}

// A comment on the database says which grants and settings it has, so that the usual start need not make them again.
function markOf(name: string): string {
  const text = [...grants(name), ...roleSettings(name)].join("\n");
  return `provisioned ${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}

const isMarked = ({ name, existing }: Target): boolean => existing.role && existing.mark === markOf(name);

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
