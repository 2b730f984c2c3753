import { expect, test } from "@jest/globals";
import pg from "pg";
import { testDatabase } from "./postgres.ts";

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  return client;
}

test("gives each asker a database of its own, migrated, with the service's small rights", async () => {
  const databases = await Promise.all([1, 2, 3].map(() => testDatabase("inventory")));
  const clients = await Promise.all(databases.map(({ url }) => connect(url)));

  const rows = await Promise.all(
    clients.map((client) => client.query("select current_database() as name from schema_migrations limit 1")),
  );
  const names = rows.map(({ rows: [row] }) => (row as { name: string }).name);

  expect(new Set(names).size).toBe(3);
  await expect(clients[0]?.query("create table mine (id int)")).rejects.toMatchObject({ code: "42501" });
  await Promise.all(clients.map((client) => client.end()));
  for (const { release } of databases) release();
});
