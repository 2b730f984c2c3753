import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import pg from "pg";
import { databaseUrl, testServer, withAdmin } from "../tests/support/test-server.ts";
import { assertSchemaFits, migrate, schemaIsCurrent } from "./migrate.ts";

let directory: string;
let database: string;
const clients: pg.Client[] = [];
const log: string[] = [];

beforeEach(async () => {
  log.length = 0;
  directory = mkdtempSync(join(tmpdir(), "migrations-"));
  database = `${testServer().prefix}migrate_${randomBytes(4).toString("hex")}`;
  await withAdmin("postgres", (admin) => admin.query(`create database ${database}`));
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end()));
  await withAdmin("postgres", (admin) => admin.query(`drop database ${database}`));
  rmSync(directory, { recursive: true, force: true });
});

async function connect(): Promise<pg.Client> {
  const client = new pg.Client(databaseUrl(testServer().adminUrl, database));
  await client.connect();
  clients.push(client);
  return client;
}

const write = (name: string, sql: string) => writeFileSync(join(directory, name), sql);
const options = (role?: string) => ({
  service: "mugs",
  directories: [directory],
  log: (line: string) => log.push(line),
  role,
});

test("runs each file once when many start together", async () => {
  write("0001-mugs.sql", "create table mugs (id int primary key); select pg_sleep(0.05);");
  write("0002-fill.sql", "insert into mugs select coalesce(max(id), 0) + 1 from mugs");
  const runners = await Promise.all(Array.from({ length: 8 }, connect));

  await Promise.all(runners.map((client) => migrate(client, options())));

  const [first] = runners;
  expect(log).toEqual(["mugs: applied 0001-mugs.sql", "mugs: applied 0002-fill.sql"]);
  expect((await first?.query("select id from mugs"))?.rows).toEqual([{ id: 1 }]);
  expect((await first?.query("select source, number from schema_migrations order by number"))?.rows).toEqual([
    { source: "mugs", number: 1 },
    { source: "mugs", number: 2 },
  ]);
});

test("keeps nothing of a file that fails, and everything before it", async () => {
  write("0001-mugs.sql", "create table mugs (id int)");
  write("0002-broken.sql", "create table teapots (id int); select nonsense");
  const client = await connect();

  await expect(migrate(client, options())).rejects.toThrow("mugs: 0002-broken.sql failed and left nothing behind");

  const { rows } = await client.query(
    "select to_regclass('mugs') is not null as mugs, to_regclass('teapots') as teapots",
  );
  expect(rows).toEqual([{ mugs: true, teapots: null }]);
  write("0002-broken.sql", "create table teapots (id int)");
  await migrate(client, options());
  expect(log).toEqual(["mugs: applied 0001-mugs.sql", "mugs: applied 0002-broken.sql"]);
});

test("refuses an applied file that has changed", async () => {
  write("0001-mugs.sql", "create table mugs (id int)");
  const client = await connect();
  await migrate(client, options());
  write("0001-mugs.sql", "create table mugs (id bigint)");

  await expect(migrate(client, options())).rejects.toThrow("mugs: 0001-mugs.sql has changed since it was applied");
});

test("does not take other line ends for a change", async () => {
  write("0001-mugs.sql", "create table mugs (\nid int)\n");
  const client = await connect();
  await migrate(client, options());
  write("0001-mugs.sql", "create table mugs (\r\nid int)\r\n");

  expect(await schemaIsCurrent(client, options())).toBe(true);
});

describe("the older release, beside a newer database", () => {
  const upgrade = async (sql: string): Promise<pg.Client> => {
    write("0001-mugs.sql", "create table mugs (id int)");
    write("0002-handles.sql", sql);
    const client = await connect();
    await migrate(client, options());
    rmSync(join(directory, "0002-handles.sql"));
    log.length = 0;
    return client;
  };

  test("starts, migrates nothing, and goes on", async () => {
    const client = await upgrade("alter table mugs add handles int");

    await assertSchemaFits(client, options());
    await migrate(client, options());

    expect(log).toEqual([]);
  });

  test("is told in one sentence when the newer one broke it", async () => {
    const client = await upgrade("-- breaks older code: mugs have lost their ids\nalter table mugs drop id");
    const sentence =
      "mugs: the database is newer than the code, and 0002-handles.sql broke older code: mugs have lost their ids";

    await expect(assertSchemaFits(client, options())).rejects.toThrow(sentence);
    await expect(migrate(client, options())).rejects.toThrow(sentence);
  });
});

test("a book from before migrations could say that they break older code is read and carried on", async () => {
  write("0001-mugs.sql", "create table mugs (id int)");
  const client = await connect();
  await migrate(client, options());
  await client.query("alter table schema_migrations drop column breaks");
  await assertSchemaFits(client, options());
  write("0002-handles.sql", "-- breaks older code: because\nalter table mugs add handles int");

  await migrate(client, options());

  const { rows } = await client.query("select number, breaks from schema_migrations order by number");
  expect(rows).toEqual([
    { number: 1, breaks: null },
    { number: 2, breaks: "because" },
  ]);
});

test("refuses a file that comes before an applied one", async () => {
  write("0002-mugs.sql", "create table mugs (id int)");
  const client = await connect();
  await migrate(client, options());
  write("0001-late.sql", "create table late (id int)");

  await expect(migrate(client, options())).rejects.toThrow("0001-late.sql comes before 0002-mugs.sql");
});

test("refuses names without a number and numbers given twice", async () => {
  const client = await connect();
  write("0001-mugs.sql", "select 1");
  write("0001-teapots.sql", "select 1");
  await expect(migrate(client, options())).rejects.toThrow("have the same number");

  rmSync(join(directory, "0001-teapots.sql"));
  write("mugs.sql", "select 1");
  await expect(migrate(client, options())).rejects.toThrow("is not called like 0001-name.sql");
});

test("tells a service to migrate first when its database is behind", async () => {
  write("0001-mugs.sql", "create table mugs (id int)");
  const client = await connect();

  expect(await schemaIsCurrent(client, options())).toBe(false);
  await expect(assertSchemaFits(client, options())).rejects.toThrow("Run `npm run migrate` first");
});

test("puts the role's name where the SQL says :role, and leaves casts alone", async () => {
  write("0001-mugs.sql", "create table mugs (id int); revoke update on mugs from :role; select 'pg_class'::regclass");
  const client = await connect();
  const role = `${database}_"odd`;
  const quoted = `"${role.replaceAll('"', '""')}"`;
  await client.query(`create role ${quoted}`);

  await migrate(client, options(role));

  await client.query(`revoke all on schema_migrations from ${quoted}; drop role ${quoted}`);
  expect(log).toEqual(["mugs: applied 0001-mugs.sql"]);
});
