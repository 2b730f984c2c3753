// Adds confirmed orders to the report: four statements for any number of events. Every transaction takes its rows in the
// same order, table by table and key by key, so that lanes that run at once wait for each other and never in a circle.
import type { Statement, Tx } from "../../database/database.ts";
import type { ReceivedOf } from "../../events/subscription.ts";
import { readTimeZone } from "./sales-time-zone.ts";
import { type Sale, tallySales } from "./tally-sales.ts";

export type OrderConfirmed = ReceivedOf<"orders.confirmed">;

const SALES = "unnest($1::text[], $2::date[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])";
const ADD =
  "orders = sold.orders + excluded.orders, units = sold.units + excluded.units, amount = sold.amount + excluded.amount";

const ADD_PRODUCTS: Statement = {
  name: "sales_add_products",
  text: `insert into sales_by_product as sold (currency, day, sku, orders, units, amount)
    select * from ${SALES} order by 1, 2, 3
    on conflict (currency, day, sku) do update set ${ADD}`,
};
const ADD_COUNTRIES: Statement = {
  name: "sales_add_countries",
  text: `insert into sales_by_country as sold (currency, day, country, orders, units, amount)
    select * from ${SALES} order by 1, 2, 3
    on conflict (day, currency, country) do update set ${ADD}`,
};
/** Last of all: it is one row that every lane wants, and is held until the commit. */
const ADVANCE: Statement = {
  name: "sales_advance",
  text: `insert into sales_progress as known (newest_event_at) values ($1)
    on conflict (one) do update set newest_event_at = excluded.newest_event_at
      where excluded.newest_event_at > known.newest_event_at`,
};

/** Counts what it is given: whoever calls sees to it that each event is given once. */
export async function applySales(tx: Tx, events: readonly OrderConfirmed[]): Promise<void> {
  if (events.length === 0) return;
  // Not this process's setting: while processes are told of another zone one by one, all of them go on in that of the report.
  const timeZone = await readTimeZone(tx);
  const { byProduct, byCountry } = tallySales(
    events.map(({ data }) => data),
    timeZone,
  );
  tx.send(ADD_PRODUCTS, columnsOf(byProduct));
  tx.send(ADD_COUNTRIES, columnsOf(byCountry));
  tx.send(ADVANCE, [
    new Date(events.reduce((newest, event) => Math.max(newest, event.occurredAt.getTime()), -Infinity)),
  ]);
}

const columnsOf = (sales: readonly Sale[]): unknown[] => [
  sales.map(({ currency }) => currency),
  sales.map(({ day }) => day),
  sales.map(({ key }) => key),
  sales.map(({ orders }) => orders),
  sales.map(({ units }) => units),
  sales.map(({ amount }) => amount),
];
