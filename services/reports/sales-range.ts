// Which days are meant. Days are UTC days everywhere: an order belongs to one day, wherever it is looked at from.
import { rangeReversed } from "./errors.ts";

export interface SalesRange {
  from: string;
  to: string;
}

/** What Postgres understands and sorts before and after every day. */
const ALWAYS: SalesRange = { from: "-infinity", to: "infinity" };
/** An offset can push a moment of year 9999 into a year that is no longer written with four digits. */
const LAST_DAY = "9999-12-31";

/** The UTC day, `YYYY-MM-DD`, of a date or a moment in ISO 8601. */
export function utcDay(moment: string): string {
  const day = new Date(moment).toISOString().split("T")[0] as string;
  return day.startsWith("+") ? LAST_DAY : day;
}

/** Whether it is a day as `utcDay` writes it. Postgres knows no year 0. */
export const isDay = (text: string): boolean =>
  /^(?!0000)\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && utcDay(text) === text;

/** Both ends included; an open end is open. @throws RANGE_REVERSED (422) */
export function rangeOf({ from, to }: { from?: string; to?: string }): SalesRange {
  const range = {
    from: from === undefined ? ALWAYS.from : utcDay(from),
    to: to === undefined ? ALWAYS.to : utcDay(to),
  };
  if (from !== undefined && to !== undefined && range.from > range.to) throw rangeReversed(range.from, range.to);
  return range;
}
