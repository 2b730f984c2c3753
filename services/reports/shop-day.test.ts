import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { dayOf, isDay } from "./shop-day.ts";

test.each([
  ["UTC", "2026-03-01T00:00:00.000Z", "2026-03-01"],
  ["UTC", "2026-03-01T23:59:59.999999999Z", "2026-03-01"],
  ["UTC", "2026-03-01T00:30:00+01:00", "2026-02-28"],
  ["UTC", "2026-02-28T23:30:00-01:00", "2026-03-01"],
  // New Year's morning.
  ["Europe/Berlin", "2026-12-31T22:59:59.999Z", "2026-12-31"],
  ["Europe/Berlin", "2026-12-31T23:30:00Z", "2027-01-01"],
  // The night without two o'clock: the day before and the day itself begin at different offsets.
  ["Europe/Berlin", "2026-03-28T22:59:59Z", "2026-03-28"],
  ["Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29"],
  ["Europe/Berlin", "2026-03-29T21:59:59Z", "2026-03-29"],
  ["Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-30"],
  // The night with two o'clock twice.
  ["Europe/Berlin", "2026-10-24T21:59:59Z", "2026-10-24"],
  ["Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25"],
  ["Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-25"],
  ["Europe/Berlin", "2026-10-25T23:00:00Z", "2026-10-26"],
  // A quarter of an hour beside the half hours.
  ["Asia/Kathmandu", "2026-03-01T18:14:59Z", "2026-03-01"],
  ["Asia/Kathmandu", "2026-03-01T18:15:00Z", "2026-03-02"],
  // Here the clocks changed at midnight: the day began at one o'clock.
  ["America/Sao_Paulo", "2018-11-04T02:59:59Z", "2018-11-03"],
  ["America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04"],
  // Samoa went from Thursday to Saturday.
  ["Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29"],
  ["Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31"],
  // Four digits at both ends of the calendar.
  ["UTC", "1000-01-01T00:00:00+23:59", "0999-12-31"],
  ["UTC", "9999-12-31T23:30:00-01:00", "9999-12-31"],
  ["Pacific/Apia", "9999-12-31T23:30:00-01:00", "9999-12-31"],
])("in %s it is at %s the %s", (timeZone, moment, day) => {
  expect(dayOf(moment, timeZone)).toBe(day);
});

test.each(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Apia", "Africa/Monrovia"])(
  "in %s no later moment belongs to an earlier day, and every day is one",
  (timeZone) => {
    const moments = fc.date({
      min: new Date("1000-01-02T00:00Z"),
      max: new Date("9999-12-30T00:00Z"),
      noInvalidDate: true,
    });
    const hours = fc.integer({ min: 0, max: 48 });
    fc.assert(
      fc.property(moments, hours, (moment, later) => {
        const day = dayOf(moment.toISOString(), timeZone);
        const then = dayOf(
          new Date(Math.min(moment.getTime() + later * 3_600_000, 253_402_214_400_000)).toISOString(),
          timeZone,
        );
        expect(isDay(day)).toBe(true);
        expect(day <= then).toBe(true);
      }),
    );
  },
);

test.each([
  "2026-02-30",
  "2026-13-01",
  "0000-01-01",
  "12026-01-01",
  "2026-1-1",
  "2026-03-01T00:00:00Z",
  "infinity",
  "",
])("%p is no day", (text) => {
  expect(isDay(text)).toBe(false);
});
