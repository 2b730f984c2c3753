import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { Client } from "pg";
import { testDatabase } from "../../tests/support/postgres.ts";

/** What the migration says on a server that has been made to lack something, in a transaction that leaves nothing behind. */
async function complaintOf(migration: string, lacking: string): Promise<string> {
  const { adminUrl, release } = await testDatabase("catalog");
  const sql = await readFile(join(import.meta.dirname, "migrations", migration), "utf8");
  const admin = new Client(adminUrl);
  await admin.connect();
  try {
    await admin.query(`begin; ${lacking}`);
    await admin.query(sql);
    return "none";
  } catch (error) {
    return (error as Error).message;
  } finally {
    await admin.end();
    release();
  }
}

test("a server without pg_trgm is told what to install", async () => {
  const complaint = await complaintOf("0003-search.sql", "set local extension_control_path = '/nowhere'");

  expect(complaint).toMatch(/^this Postgres lacks the extension pg_trgm.*postgresql-contrib/);
});

test("a server without ICU is told so", async () => {
  const without = "set local allow_system_table_mods = on; delete from pg_collation where collname = 'und-x-icu'";

  expect(await complaintOf("0004-order.sql", without)).toMatch(/^this Postgres was built without ICU/);
});
