import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import pg from "pg";
import { databaseUrl, testServer } from "../tests/support/test-server.ts";
import { provisionDatabases } from "./provision-databases.ts";

const { adminUrl: serverUrl, prefix: runPrefix } = testServer();
const prefix = `${runPrefix}${randomBytes(2).toString("hex")}_`;
const adminUrl = (database: string) => databaseUrl(serverUrl, database);
const roleUrl = (service: string, database = service) =>
  databaseUrl(serverUrl, `${prefix}${database}`, `${prefix}${service}`, `${service}-password`);

let folder: string;
const log: string[] = [];
const provision = (services = ["mugs", "teapots"], passwords?: Record<string, string>) =>
  provisionDatabases({
    adminUrl,
    prefix,
    services: services.map((name) => ({ name, migrations: [join(folder, name)] })),
    passwords: passwords ?? Object.fromEntries(services.map((name) => [name, `${name}-password`])),
    log: (line) => log.push(line),
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "provision-"));
  for (const name of ["mugs", "teapots", "trays"]) {
    mkdirSync(join(folder, name));
    const ledger =
      "create table ledger (id int generated always as identity, entry text); revoke update, delete on ledger from :role;";
    writeFileSync(join(folder, name, "0001-tables.sql"), `create table stock (sku text, quantity int); ${ledger}`);
  }
  await provision();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
const refused = { code: "42501" };

test("lets a role read and write the rows of its own database", async () => {
  await query(roleUrl("mugs"), "insert into stock values ('mug', 3); update stock set quantity = 2; delete from stock");

  expect(await query(roleUrl("mugs"), "select * from stock")).toEqual([]);
});

test("keeps a role out of another service's database", async () => {
  await expect(query(roleUrl("mugs", "teapots"), "select 1")).rejects.toMatchObject(refused);
});

test.each([
  "create table mine (id int)",
  "create temp table mine (id int)",
  "create schema mine",
  "alter table stock add colour text",
  "drop table stock",
  "truncate stock",
  "create database mine",
  "create role friend",
  "update schema_migrations set checksum = ''",
])("refuses a role %s", async (sql) => {
  await expect(query(roleUrl("mugs"), sql)).rejects.toMatchObject(refused);
});

test("lets a role append to a ledger and neither change nor delete in it", async () => {
  await query(roleUrl("teapots"), "insert into ledger (entry) values ('received 3')");

  await expect(query(roleUrl("teapots"), "update ledger set entry = 'received 4'")).rejects.toMatchObject(refused);
  await expect(query(roleUrl("teapots"), "delete from ledger")).rejects.toMatchObject(refused);
  expect(await query(roleUrl("teapots"), "select id, entry from ledger")).toEqual([{ id: 1, entry: "received 3" }]);
});

test("gives every session of a role its limits", async () => {
  const names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "search_path", "timezone"];
  const columns = names.map((name) => `current_setting('${name}') as ${name}`).join(", ");

  expect(await query(roleUrl("mugs"), `select ${columns}`)).toEqual([
    {
      statement_timeout: "5s",
      lock_timeout: "2s",
      idle_in_transaction_session_timeout: "10s",
      search_path: "public",
      timezone: "UTC",
    },
  ]);
});

test("may be called by many at once, and again, without changing anything", async () => {
  log.length = 0;
  await Promise.all([1, 2, 3, 4].map(() => provision(["mugs", "teapots", "trays"])));

  expect(log.filter((line) => line.includes("applied"))).toEqual(["trays: applied 0001-tables.sql"]);
  expect(await query(roleUrl("trays"), "select * from stock")).toEqual([]);
});

test("changes a role's password", async () => {
  await provision(["mugs"], { mugs: "new-password" });
  await expect(query(roleUrl("mugs"), "select 1")).rejects.toMatchObject({ code: "28P01" });

  await provision(["mugs"]);
  expect(await query(roleUrl("mugs"), "select 1 as one")).toEqual([{ one: 1 }]);
});
