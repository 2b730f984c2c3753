import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type TestDatabase, testDatabase } from "../tests/support/postgres.ts";
import { attributesOf, insertInto, type NewRowOf } from "./columns.ts";
import { Database } from "./database.ts";

const SHELF = {
  shelfId: "uuid",
  note: "text?",
  places: "int",
  worthInCents: "bigint",
  isOpen: "boolean",
  labels: "jsonb",
  plan: "jsonb?",
  builtAt: "timestamptz",
  emptiedAt: "timestamptz?",
} as const;
const shelf = (changes: Partial<NewRowOf<typeof SHELF>> = {}): NewRowOf<typeof SHELF> => ({
  shelfId: "0195f1a0-0000-7000-8000-000000000001",
  note: `it's "fine", {a\\b}`,
  places: -3,
  worthInCents: Number.MAX_SAFE_INTEGER,
  isOpen: false,
  labels: ["a", { b: null, 'c"': [1.5] }],
  plan: { rows: [] },
  builtAt: new Date("2026-03-01T12:00:00.123Z"),
  emptiedAt: new Date("1969-12-31T23:59:59Z"),
  ...changes,
});
const second = "0195f1a0-0000-7000-8000-000000000002";

let database: TestDatabase;
let db: Database;

beforeEach(async () => {
  database = await testDatabase("inventory");
  // One connection, because the table is only that connection's.
  db = new Database({ url: database.adminUrl, poolSize: 1 });
  await db.query({
    name: "test_table",
    text: `create temporary table shelves (shelf_id uuid primary key, note text, places int not null,
      worth_in_cents bigint not null, is_open boolean not null, labels jsonb not null, plan jsonb,
      built_at timestamptz not null, emptied_at timestamptz)`,
  });
});
afterEach(async () => {
  await db.close();
  database.release();
});

const stored = () => {
  const model = db.sequelize.define("Shelf", attributesOf(SHELF, "shelfId"), {
    tableName: "shelves",
    timestamps: false,
    underscored: true,
  });
  return model.findAll({ raw: true, order: ["shelfId"] });
};

test("what is inserted is read through the model as it was, save that a bigint comes as text", async () => {
  await db.query(...insertInto("shelves", SHELF)([shelf()]));

  expect(await stored()).toEqual([{ ...shelf(), worthInCents: "9007199254740991" }]);
});

test("columns that may be null are null in the table, and not the null of JSON", async () => {
  const bare = shelf({ note: null, plan: null, emptiedAt: null });
  await db.query(...insertInto("shelves", SHELF)([bare]));

  const rows = await db.query({
    name: "test_nulls",
    text: "select note is null as note, plan is null as plan, emptied_at is null as emptied from shelves",
  });

  expect(rows).toEqual([{ note: true, plan: true, emptied: true }]);
});

test("any number of rows go by one statement of one text, none included", async () => {
  const insert = insertInto("shelves", SHELF);
  const [none, , two] = [insert([]), insert([shelf()]), insert([shelf(), shelf({ shelfId: second, note: null })])];
  await db.query(...none);
  await db.query(...two);

  expect(two[0]).toBe(none[0]);
  expect(await stored()).toMatchObject([{ note: shelf().note }, { shelfId: second, note: null }]);
});

test("the ending decides of rows that are there already", async () => {
  const insert = insertInto("shelves", SHELF, "on conflict do nothing returning shelf_id");
  await db.query(...insert([shelf()]));

  expect(await db.query(...insert([shelf(), shelf({ shelfId: second })]))).toEqual([{ shelf_id: second }]);
});

test("the model knows the key and what may be null, and shares no attribute with another model", () => {
  const attributes = attributesOf(SHELF, "shelfId");

  expect(attributes).toMatchObject({
    shelfId: { primaryKey: true, allowNull: false },
    note: { primaryKey: false, allowNull: true },
  });
  expect(attributesOf(SHELF, "shelfId").note).not.toBe(attributes.note);
});
