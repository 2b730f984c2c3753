import { expect, test } from "@jest/globals";
import { tallySales } from "./tally-sales.ts";
import { sold } from "./testing/test-sales.ts";

const tally = (...events: ReturnType<typeof sold>[]) =>
  tallySales(
    events.map(({ data }) => data),
    "UTC",
  );

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

test("an order belongs to the day of the shop that it was placed on", () => {
  const { data } = sold({ placedAt: "2026-12-31T23:30:00Z" });

  const { byProduct, byCountry } = tallySales([data], "Europe/Berlin");

  expect([...byProduct, ...byCountry].map(({ day }) => day)).toEqual(["2027-01-01", "2027-01-01"]);
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
