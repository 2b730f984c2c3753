import { hash, randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { call } from "../../contract/typed.ts";
import { Database } from "../../database/database.ts";
import { as, testBroker } from "../../tests/support/broker.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { applySales } from "./apply-sales.ts";
import { reportsService } from "./reports.service.ts";
import { apply, sold } from "./testing/test-sales.ts";

const staff = as("staff", randomUUIDv7());
const customer = as("customer", randomUUIDv7());
let database: TestDatabase;
let db: Database;
let broker: ServiceBroker;

beforeEach(async () => {
  database = await testDatabase("reports");
  db = new Database({ url: database.url });
  broker = await testBroker(reportsService({ db }));
});

afterEach(async () => {
  await broker.stop();
  database.release();
});

const sales = () => call(broker, "reports.sales", { groupBy: "product" }, staff);
const rows = (text: string) => db.query<Record<string, unknown>>({ name: hash("sha1", text), text });

test("staff read the report", async () => {
  await apply(db, [sold({ lines: [["MUG", 2, 500]] })]);

  expect(await sales()).toEqual({
    data: [{ key: "MUG", orders: 1, units: 2, amount: { amount: 1_000, currency: "GBP" } }],
    total: { orders: 1, units: 2, amount: { amount: 1_000, currency: "GBP" } },
    timeZone: "UTC",
    asOf: "2026-03-01T12:00:00.000Z",
    page: { hasMore: false, nextCursor: null },
  });
});

test.each([
  ["a customer", customer, 403],
  ["nobody in particular", {}, 401],
])("neither report nor rebuild is for %s", async (_who, who, code) => {
  await apply(db, [sold()]);

  await expect(call(broker, "reports.sales", { groupBy: "day" }, who)).rejects.toMatchObject({ code });
  await expect(call(broker, "reports.rebuild", {}, who)).rejects.toMatchObject({ code });

  expect((await sales()).total.orders).toBe(1);
});

test.each([
  ["without a grouping", {}],
  ["by what is not kept", { groupBy: "customer" }],
  ["from a day that there is not", { groupBy: "day", from: "2026-02-30" }],
  ["to a word", { groupBy: "day", to: "infinity" }],
  ["from a moment", { groupBy: "day", from: "2026-03-01T12:00:00Z" }],
  ["to a moment without an offset", { groupBy: "day", to: "2026-03-01T12:00:00" }],
  ["to a day with blanks", { groupBy: "day", to: "2026-03-01 " }],
  ["in a currency that is none", { groupBy: "day", currency: "pounds" }],
  ["of more than a page may hold", { groupBy: "day", limit: 101 }],
])("a report %s is refused", async (_what, params) => {
  await expect(broker.call("reports.sales", params, staff)).rejects.toMatchObject({
    code: 400,
    type: "VALIDATION_FAILED",
  });
});

test.each(["1000-01-01", "9999-12-31", "2024-02-29"])("any day may be the end of a range: %s", async (day) => {
  const answer = await call(broker, "reports.sales", { groupBy: "day", from: day, to: day }, staff);

  expect(answer.data).toEqual([]);
});

test("a rebuild empties the report, forgets what was applied and gives the same again", async () => {
  const events = [
    sold(),
    sold({
      country: "FR",
      lines: [
        ["MUG", 1, 500],
        ["MUG", 1, 400],
      ],
    }),
  ];
  const remember = (group: string) =>
    rows(`insert into inbox (consumer_group, event_id, applied_at) values ('${group}', gen_random_uuid(), now())`);
  await apply(db, events);
  await remember("reports-sales");
  await remember("reports-other");
  const before = await sales();

  expect(await call(broker, "reports.rebuild", {}, staff)).toEqual({ status: "REBUILDING" });

  expect(await sales()).toMatchObject({ data: [], total: { orders: 0, units: 0 }, asOf: null });
  expect(await rows("select consumer_group from inbox")).toEqual([{ consumer_group: "reports-other" }]);
  await apply(db, events);
  expect(await sales()).toEqual(before);
});

test("consumes confirmed orders under a name of its own, and records nothing", async () => {
  const { schema } = broker.getLocalService("reports");
  await apply(db, [sold()]);

  expect(schema).toMatchObject({
    subscriptions: { "orders.confirmed": { group: "reports-sales", handler: applySales } },
  });
  expect(await rows("select from outbox")).toEqual([]);
});
