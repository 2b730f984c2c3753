import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Database } from "../../database/database.ts";
import { testBroker } from "../../tests/support/broker.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { readSales, type SalesQuery } from "./read-sales.ts";
import { reportsService } from "./reports.service.ts";
import { rebuildIn } from "./sales-time-zone.ts";
import { apply, sold } from "./testing/test-sales.ts";

let database: TestDatabase;
let db: Database;

beforeEach(async () => {
  database = await testDatabase("reports");
  db = new Database({ url: database.url });
});

afterEach(async () => {
  await db.close();
  database.release();
});

const days = async (query: Omit<SalesQuery, "groupBy"> = {}) => {
  const { data, timeZone } = await readSales(db, { groupBy: "day", ...query });
  return { timeZone, days: data.map(({ key, orders }) => `${key} ${orders}`) };
};
/** A process that comes up with this setting and goes again. */
async function start(timeZone: string): Promise<void> {
  const broker = await testBroker(reportsService({ db: new Database({ url: database.url }), timeZone }));
  await broker.stop();
}
const generation = async () => {
  const [row] = await db.query<{ generation: number }>({
    name: "test_generation",
    text: "select max(generation) as generation from consumer_positions",
  });
  return row?.generation;
};
const enter = () =>
  db.query({
    name: "test_enter",
    text: "insert into consumer_positions (consumer_group, topic) values ('reports-sales', 'commerce.orders.v1')",
  });

const newYear = () => [
  sold({ placedAt: "2026-12-31T22:30:00Z" }),
  sold({ placedAt: "2026-12-31T23:30:00Z" }),
  sold({ placedAt: "2027-01-01T12:00:00Z" }),
];

test("days are UTC days unless the setting says otherwise", async () => {
  await start("UTC");
  await apply(db, newYear());

  expect(await days()).toEqual({ timeZone: "UTC", days: ["2026-12-31 2", "2027-01-01 1"] });
});

test("an order at half past midnight on New Year's morning in Berlin belongs to the new year", async () => {
  await start("Europe/Berlin");
  await apply(db, newYear());

  expect(await days()).toEqual({ timeZone: "Europe/Berlin", days: ["2026-12-31 1", "2027-01-01 2"] });
  expect((await days({ to: "2026-12-31" })).days).toEqual(["2026-12-31 1"]);
  expect((await days({ from: "2027-01-01" })).days).toEqual(["2027-01-01 2"]);
});

test("adjacent ranges count each order once, through both clock changes", async () => {
  await start("Europe/Berlin");
  const hours = Array.from({ length: 48 }, (_, i) => i);
  const around = (day: string) =>
    hours.map((hour) =>
      sold({ placedAt: new Date(Date.parse(`${day}T00:30:00Z`) + (hour - 12) * 3_600_000).toISOString() }),
    );
  await apply(db, [...around("2026-03-29"), ...around("2026-10-25")]);
  const countOf = async (query: Omit<SalesQuery, "groupBy">) =>
    (await readSales(db, { groupBy: "day", ...query })).total.orders;

  expect(await countOf({ from: "2026-03-29", to: "2026-03-29" })).toBe(23);
  expect(await countOf({ from: "2026-10-25", to: "2026-10-25" })).toBe(25);
  for (const change of ["03-29", "10-25"]) {
    const [before, after] = change === "03-29" ? ["03-28", "03-30"] : ["10-24", "10-26"];
    const three = await Promise.all([
      countOf({ from: "2026-03-01", to: `2026-${before}` }),
      countOf({ from: `2026-${change}`, to: `2026-${change}` }),
      countOf({ from: `2026-${after}`, to: "2026-12-31" }),
    ]);
    expect(three.reduce((sum, orders) => sum + orders)).toBe(96);
  }
});

test("another setting empties the report and has it built anew, once, however many processes come with it", async () => {
  await start("UTC");
  await enter();
  await apply(db, newYear());

  await Promise.all(Array.from({ length: 5 }, () => start("Europe/Berlin")));

  expect(await generation()).toBe(2);
  expect(await days()).toEqual({ timeZone: "Europe/Berlin", days: [] });
  await start("Europe/Berlin");
  expect(await generation()).toBe(2);
});

test("a process that still has the old setting counts in the days of the report", async () => {
  const old = await testBroker(reportsService({ db: new Database({ url: database.url }), timeZone: "UTC" }));
  await start("Europe/Berlin");

  await apply(db, newYear());
  await old.stop();

  expect(await days()).toEqual({ timeZone: "Europe/Berlin", days: ["2026-12-31 1", "2027-01-01 2"] });
});

test("no answer mixes the days of two zones, while events are applied and the zone changes", async () => {
  await start("UTC");
  const ZONES = { UTC: "2026-12-31", "Europe/Berlin": "2027-01-01" } as const;
  const batch = [sold({ placedAt: "2026-12-31T23:30:00Z" })];
  let changing = true;
  async function change(): Promise<void> {
    for (let i = 0; i < 20; i++) {
      await rebuildIn(db, i % 2 ? "UTC" : "Europe/Berlin");
      await apply(db, batch);
    }
    changing = false;
  }
  async function read(): Promise<number> {
    let answers = 0;
    for (; changing; answers++) {
      const { data, timeZone } = await readSales(db, { groupBy: "day" });
      for (const { key } of data) expect(key).toBe(ZONES[timeZone as keyof typeof ZONES]);
    }
    return answers;
  }

  const [, answers] = await Promise.all([change(), read()]);

  expect(answers).toBeGreaterThan(1);
});
