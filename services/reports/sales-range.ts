// Which days are meant.
import { rangeReversed } from "./errors.ts";

export interface SalesRange {
  from: string;
  to: string;
}

/** What Postgres understands and sorts before and after every day. */
const ALWAYS: SalesRange = { from: "-infinity", to: "infinity" };

/** Of days of the shop, both included; an open end is open. @throws RANGE_REVERSED (422) */
export function rangeOf({ from = ALWAYS.from, to = ALWAYS.to }: { from?: string; to?: string }): SalesRange {
  if (from !== ALWAYS.from && to !== ALWAYS.to && from > to) throw rangeReversed(from, to);
  return { from, to };
}
