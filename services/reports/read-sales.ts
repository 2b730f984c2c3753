// One page of the report with the total of its whole range, both of one and the same moment.

import { sum } from "../../contract/money.ts";
import { DEFAULT_LIMIT, pageOf, readCursor } from "../../contract/page.ts";
import { invalidCursor } from "../../contract/refusals.ts";
import type { Database, Statement, Tx } from "../../database/database.ts";
import { severalCurrencies } from "./errors.ts";
import type { Grouping, SalesReport } from "./reports.contract.ts";
import { rangeOf } from "./sales-range.ts";
import { TIME_ZONE } from "./sales-time-zone.ts";
import { isDay } from "./shop-day.ts";

export interface SalesQuery {
  groupBy: Grouping;
  from?: string;
  to?: string;
  currency?: string;
  limit?: number;
  after?: string;
}

/** Sums as they come from Postgres. */
interface Sold {
  orders: string;
  units: string;
  amount: string;
}

const NONE: Sold = { orders: "0", units: "0", amount: "0" };
/** ISO 4217: no currency. */
const NO_CURRENCY = "XXX";

const SNAPSHOT: Statement = {
  name: "sales_snapshot",
  text: "set transaction isolation level repeatable read, read only",
};
/** A table that is truncated looks empty to older snapshots; locked first, it is truncated before or after. */
const HOLD: Statement = {
  name: "sales_hold",
  text: "lock table sales_by_product, sales_by_country, sales_progress in access share mode",
};

const SUMS = "sum(orders) as orders, sum(units) as units, sum(amount) as amount";
const TOTALS: Statement = {
  name: "sales_totals",
  text: `select currency, ${SUMS} from sales_by_country where day between $1 and $2 group by currency order by currency`,
};
const CURRENCIES: Statement = {
  name: "sales_currencies",
  text: "select min(currency) as first, max(currency) as last from sales_by_country",
};
const STANDING: Statement = {
  name: "sales_standing",
  text: `select (select newest_event_at from sales_progress) as "asOf", ${TIME_ZONE} as "timeZone"`,
};

const pageBy = (table: string, column: string, key: string, type: string): Statement => ({
  name: `sales_page_${column}`,
  text: `select ${key} as key, ${SUMS} from ${table}
    where currency = $1 and day between $2 and $3 and ${column} > $4::${type}
    group by ${column} order by ${column} limit $5`,
});

interface Pages {
  page: Statement;
  /** Sorts before every key. */
  start: string;
  /** Whether the database would take it: a forged cursor is a refusal, not an SQL error. */
  fits: (key: string) => boolean;
}

const PAGES: Record<Grouping, Pages> = {
  day: {
    page: pageBy("sales_by_country", "day", "to_char(day, 'YYYY-MM-DD')", "date"),
    start: "-infinity",
    fits: isDay,
  },
  product: { page: pageBy("sales_by_product", "sku", "sku", "text"), start: "", fits: () => true },
  country: { page: pageBy("sales_by_country", "country", "country", "text"), start: "", fits: () => true },
};

/** @throws RANGE_REVERSED, SEVERAL_CURRENCIES (422), INVALID_CURSOR (422); RangeError for a sum past 2^53 - 1 */
export async function readSales(db: Database, query: SalesQuery): Promise<SalesReport> {
  const { groupBy, limit = DEFAULT_LIMIT } = query;
  const range = rangeOf(query);
  const after = positionOf(query);
  return db.transaction(async (tx) => {
    tx.send(SNAPSHOT);
    tx.send(HOLD);
    const [totals, [standing]] = await Promise.all([
      tx.query<Sold & { currency: string }>(TOTALS, [range.from, range.to]),
      tx.query<{ asOf: Date | null; timeZone: string }>(STANDING),
    ]);
    const currency = query.currency ?? (await currencyOf(tx, totals));
    const rows = await tx.query<Sold & { key: string }>(PAGES[groupBy].page, [
      currency,
      range.from,
      range.to,
      after,
      limit + 1,
    ]);
    const { data, page } = pageOf(
      rows,
      limit,
      ({ key }) => [groupBy, key],
      (row) => ({ key: row.key, ...present(row, currency) }),
    );
    return {
      data,
      total: present(totals.find((total) => total.currency === currency) ?? NONE, currency),
      timeZone: standing?.timeZone as string,
      asOf: standing?.asOf?.toISOString() ?? null,
      page,
    };
  });
}

/** What the sums are in where nobody said so: the range's only currency, else the only one that anything was ever sold in. */
async function currencyOf(tx: Tx, totals: readonly { currency: string }[]): Promise<string> {
  if (totals.length > 1) throw severalCurrencies(totals.map(({ currency }) => currency));
  if (totals[0] !== undefined) return totals[0].currency;
  const [ever] = await tx.query<{ first: string | null; last: string | null }>(CURRENCIES);
  return ever?.first != null && ever.first === ever.last ? ever.first : NO_CURRENCY;
}

function positionOf({ groupBy, after }: SalesQuery): string {
  if (after === undefined) return PAGES[groupBy].start;
  const [given, key] = readCursor(after, ["string", "string"]) as [string, string];
  if (given !== groupBy || !PAGES[groupBy].fits(key)) throw invalidCursor();
  return key;
}

const present = ({ orders, units, amount }: Sold, currency: string) => ({
  orders: exact(orders),
  units: exact(units),
  amount: { amount: exact(amount), currency },
});

/** A text too long for an exact number becomes one that `sum` refuses. */
const exact = (text: string): number => sum([Number(text)]);
