import { expect, test } from "@jest/globals";
import { tallySales } from "./tally-sales.ts";
import { sold } from "./testing/test-sales.ts";

const tally = (...events: ReturnType<typeof sold>[]) => tallySales(events.map(({ data }) => data));

test("an order with two lines of one SKU contains it once", () => {
  const order = sold({
    lines: [
      ["MUG", 1, 500],
      ["TEAPOT", 1, 900],
      ["MUG", 2, 450],
    ],
  });

  const { byProduct, byCountry } = tally(order);

  expect(byProduct).toEqual([
    { currency: "GBP", day: "2026-03-01", key: "MUG", orders: 1, units: 3, amount: 1_400 },
    { currency: "GBP", day: "2026-03-01", key: "TEAPOT", orders: 1, units: 1, amount: 900 },
  ]);
  expect(byCountry).toEqual([{ currency: "GBP", day: "2026-03-01", key: "GB", orders: 1, units: 4, amount: 2_300 }]);
});

test("any number of orders of one key are one row", () => {
  const { byProduct, byCountry } = tally(...Array.from({ length: 1_000 }, () => sold()));

  expect(byProduct).toEqual([
    { currency: "GBP", day: "2026-03-01", key: "MUG", orders: 1_000, units: 1_000, amount: 500_000 },
  ]);
  expect(byCountry).toHaveLength(1);
});

test.each([
  ["2026-03-01T00:00:00.000Z", "2026-03-01"],
  ["2026-03-01T23:59:59.999999999Z", "2026-03-01"],
  ["2026-03-01T00:30:00+01:00", "2026-02-28"],
  ["2026-02-28T23:30:00-01:00", "2026-03-01"],
  ["9999-12-31T23:30:00-01:00", "9999-12-31"],
])("an order placed at %s belongs to %s", (placedAt, day) => {
  expect(tally(sold({ placedAt })).byCountry[0]?.day).toBe(day);
});

test("days, currencies and countries are kept apart", () => {
  const { byCountry } = tally(
    sold(),
    sold({ country: "FR" }),
    sold({ currency: "EUR" }),
    sold({ placedAt: "2026-03-02T00:00:00Z" }),
  );

  expect(byCountry.map(({ day, currency, key }) => `${day} ${currency} ${key}`)).toEqual([
    "2026-03-01 GBP GB",
    "2026-03-01 GBP FR",
    "2026-03-01 EUR GB",
    "2026-03-02 GBP GB",
  ]);
});

test("a sum that is no longer exact is refused", () => {
  const half = () => sold({ lines: [["ISLAND", 1, 2 ** 52]] });

  expect(() => tally(half(), half())).toThrow(RangeError);
});
