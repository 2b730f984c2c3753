import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type TestDatabase, testDatabase } from "../tests/support/postgres.ts";
import { Database } from "./database.ts";
import { answerOnce, claimKeys, findKey, forgetKeys, type KeyId, rememberAnswers } from "./idempotency.ts";

const now = new Date("2026-03-01T12:00:00Z");
let database: TestDatabase;
let db: Database;
beforeEach(async () => {
  database = await testDatabase("orders");
  db = new Database({ url: database.url });
});
afterEach(async () => {
  await db.close();
  database.release();
});

const order = randomUUIDv7();
const placing = { scope: "ada orders.place", key: "k-1", fingerprint: "placing" };
const cancelling = { scope: "ada orders.cancel", key: "k-1", fingerprint: "cancelling" };
const claim = (...claims: (typeof placing)[]) =>
  db.transaction((tx) =>
    claimKeys(
      tx,
      claims.map((each) => ({ ...each, resourceId: order })),
      { now, lockedUntil: null },
    ),
  );
const answer = (key: KeyId, response: unknown) =>
  db.transaction(async (tx) => rememberAnswers(tx, [{ scope: key.scope, key: key.key, response }]));

test("two commands on one resource, answered out of order, keep their own answers", async () => {
  await claim(placing, cancelling);

  await answer(cancelling, { status: "CANCELLED" });
  await answer(placing, { status: "CONFIRMED" });

  expect(await findKey(db, placing)).toMatchObject({ kind: "done", response: { status: "CONFIRMED" } });
  expect(await findKey(db, cancelling)).toMatchObject({ kind: "done", response: { status: "CANCELLED" } });
});

test("a command that is refused frees its own key, and not that of another on the same resource", async () => {
  await claim(placing, cancelling);

  await db.transaction(async (tx) => forgetKeys(tx, [cancelling]));

  expect(await findKey(db, cancelling)).toBeUndefined();
  expect(await findKey(db, placing)).toMatchObject({ kind: "running", resourceId: order });
});

test("the first answer of a key stays, whichever way it comes", async () => {
  await claim(placing);
  const first = await answerOnce(db, placing, { status: "PENDING" });
  await answer(placing, { status: "CONFIRMED" });

  const second = await answerOnce(db, placing, { status: "REJECTED" });

  expect([first, second]).toEqual([{ status: "PENDING" }, { status: "PENDING" }]);
  expect(await findKey(db, placing)).toMatchObject({ kind: "done", response: { status: "PENDING" } });
});

test("an answer to a key that nobody claimed is remembered nowhere", async () => {
  expect(await answerOnce(db, placing, {})).toBeUndefined();
  expect(await findKey(db, placing)).toBeUndefined();
});
