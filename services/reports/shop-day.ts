// Which day it is in the shop. An order belongs to one day, that of the shop's time zone, wherever it is looked at from.

/** An offset can push a moment of year 9999 into a year that is no longer written with four digits. */
const LAST_DAY = "9999-12-31";

/** A formatter takes a thousand times longer to make than to use. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-u-ca-iso8601-nu-latn", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/**
 * The day, `YYYY-MM-DD`, of a moment in ISO 8601.
 * @param timeZone an IANA name
 */
export function dayOf(moment: string, timeZone: string): string {
  const parts = formatterOf(timeZone).formatToParts(new Date(moment));
  const { year = "", month, day } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return year.length > 4 ? LAST_DAY : `${year.padStart(4, "0")}-${month}-${day}`;
}

/** Whether it is a day as `dayOf` writes it. Postgres knows no year 0. */
export const isDay = (text: string): boolean => {
  if (!/^(?!0000)\d{4}-\d\d-\d\d$/.test(text)) return false;
  const midnight = new Date(text);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
};
