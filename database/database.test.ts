import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type TestDatabase, testDatabase } from "../tests/support/postgres.ts";
import { tcpProxy } from "../tests/support/tcp-proxy.ts";
import { Database } from "./database.ts";
import { isBadInput, UnknownCommitError } from "./postgres-errors.ts";

const INSERT = {
  name: "test_insert",
  text: `insert into stock_levels (sku, on_hand, reserved, version, updated_at) values ($1, $2, 0, 0, now())`,
};
const COUNT = { name: "test_count", text: "select count(*)::int as n from stock_levels" };
let database: TestDatabase;
let db: Database;

beforeEach(async () => {
  database = await testDatabase("inventory");
  db = new Database({ url: database.url, poolSize: 2 });
});
afterEach(async () => {
  await db.close();
  database.release();
});

const count = async () => (await db.query<{ n: number }>(COUNT))[0]?.n;

test("commits what was sent without waiting for it", async () => {
  await db.transaction(async (tx) => {
    tx.send(INSERT, ["MUG", 1]);
    tx.send(INSERT, ["TEAPOT", 1]);
  });

  expect(await count()).toBe(2);
});

test("fails with the error of a statement that nobody waited for, and commits nothing", async () => {
  const outcome = db.transaction(async (tx) => {
    tx.send(INSERT, ["MUG", 1]);
    tx.send(INSERT, ["TEAPOT", -1]);
  });

  await expect(outcome).rejects.toMatchObject({ code: "23514" });
  expect(await count()).toBe(0);
});

test("a failure that comes long before the end is told at the end, as itself and not as what follows from it", async () => {
  const script = join(import.meta.dirname, "testing", "fail-early.ts");

  const { stdout } = await promisify(execFile)(process.execPath, [script, database.url]);

  expect(stdout).toBe("22012");
});

test("an error that was swallowed inside does not pass for a commit", async () => {
  const outcome = db.transaction(async (tx) => {
    await tx.query(INSERT, ["TEAPOT", -1]).catch(() => {});
  });

  await expect(outcome).rejects.toThrow(/aborted/);
});

test("what was thrown inside rolls everything back, and the connection is good for the next", async () => {
  await expect(
    db.transaction(async (tx) => {
      tx.send(INSERT, ["MUG", 1]);
      throw new Error("no");
    }),
  ).rejects.toThrow("no");

  expect(await count()).toBe(0);
});

test("a deadlock is run again until both are through", async () => {
  await db.query(INSERT, ["A", 1]);
  await db.query(INSERT, ["B", 1]);
  const touch = { name: "test_touch", text: "update stock_levels set on_hand = on_hand + 1 where sku = $1" };
  const both = Promise.withResolvers<void>();
  let arrived = 0;
  const run = (skus: [string, string]) =>
    db.transaction(async (tx) => {
      await tx.query(touch, [skus[0]]);
      if (++arrived === 2) both.resolve();
      await both.promise;
      await tx.query(touch, [skus[1]]);
    });

  await Promise.all([run(["A", "B"]), run(["B", "A"])]);

  const rows = await db.query({ name: "test_rows", text: "select on_hand as n from stock_levels" });
  expect(rows).toEqual([{ n: 3 }, { n: 3 }]);
});

test("a connection lost during COMMIT leaves the outcome unknown, and says so", async () => {
  const { port, hostname } = new URL(database.url);
  let cut = false;
  const proxy = await tcpProxy(
    { host: hostname, port: Number(port) },
    { passes: ({ from }) => from === "client" || !cut },
  );
  const url = Object.assign(new URL(database.url), { port: proxy.port }).href;
  const through = new Database({ url, poolSize: 1 });

  const outcome = through.transaction(async (tx) => {
    await tx.query(COUNT);
    cut = true;
    tx.send(INSERT, ["MUG", 1]);
  });

  await expect(outcome).rejects.toBeInstanceOf(UnknownCommitError);
  await through.close();
  await proxy.close();
});

test("bad input is told from a database that failed", async () => {
  const failure = await db.query(INSERT, ["MUG", -1]).catch((error: unknown) => error);

  expect(isBadInput(failure)).toBe(true);
});
