// What global-setup.ts tells the jest workers, through the one thing that they inherit: the environment.

import { randomBytes } from "node:crypto";
import pg, { escapeIdentifier } from "pg";

export type TestServer = { adminUrl: string; prefix: string; password: string };

const VARIABLE = "TEST_POSTGRES";

/** Names this run's server; databases and roles of several runs on one server are told apart by their prefix. */
export function announceServer(adminUrl: string): TestServer {
  const random = (bytes: number) => randomBytes(bytes).toString("hex");
  const server = { adminUrl, prefix: `test_${random(4)}_`, password: random(16) };
  process.env[VARIABLE] = JSON.stringify(server);
  return server;
}

/** The server of this run. Throws outside a jest run that global-setup.ts prepared. */
export function testServer(): TestServer {
  const announced = process.env[VARIABLE];
  if (announced === undefined) throw new Error("No test server: tests that need Postgres run under jest.config.mjs.");
  return JSON.parse(announced) as TestServer;
}

export function databaseUrl(url: string, database: string, user?: string, password?: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  if (user !== undefined) changed.username = user;
  if (password !== undefined) changed.password = password;
  return changed.href;
}

export async function withAdmin<T>(database: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client(databaseUrl(testServer().adminUrl, database));
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** Removes this run's databases and roles: for a server that outlives the run. */
export async function removeTraces({ prefix }: TestServer): Promise<void> {
  await withAdmin("postgres", async (admin) => {
    const mine = await admin.query<{ datname: string }>(
      "select datname from pg_database where starts_with(datname, $1)",
      [prefix],
    );
    for (const { datname } of mine.rows) {
      await admin.query(`alter database ${escapeIdentifier(datname)} is_template false`);
      await admin.query(`drop database ${escapeIdentifier(datname)} with (force)`);
    }
    const roles = await admin.query<{ rolname: string }>(
      "select rolname from pg_roles where starts_with(rolname, $1)",
      [prefix],
    );
    for (const { rolname } of roles.rows) await admin.query(`drop role ${escapeIdentifier(rolname)}`);
  });
}
