// Adds up what orders sold, in memory, so that the database sees one row per key however many orders there are. Pure.
import type { EventData } from "../../contract/events/events.ts";
import { sum } from "../../contract/money.ts";
import { dayOf } from "./shop-day.ts";

export type ConfirmedOrder = EventData<"orders.confirmed">;

export interface Sale {
  currency: string;
  day: string;
  /** The SKU or the country. */
  key: string;
  orders: number;
  units: number;
  amount: number;
}

export interface Tally {
  byProduct: Sale[];
  byCountry: Sale[];
}

/** @param timeZone the shop's, whose days count. @throws RangeError past 2^53 - 1 */
export function tallySales(orders: readonly ConfirmedOrder[], timeZone: string): Tally {
  const products = new Map<string, Sale>();
  const countries = new Map<string, Sale>();
  for (const { placedAt, currency, country, total, lines } of orders) {
    const day = dayOf(placedAt, timeZone);
    const counted = new Set<string>();
    for (const { sku, quantity, total: amount } of lines) {
      // An order contains a SKU or it does not, in however many lines.
      add(products, { currency, day, key: sku, orders: counted.has(sku) ? 0 : 1, units: quantity, amount });
      counted.add(sku);
    }
    const units = sum(lines.map(({ quantity }) => quantity));
    add(countries, { currency, day, key: country, orders: 1, units, amount: total });
  }
  return { byProduct: [...products.values()], byCountry: [...countries.values()] };
}

function add(sales: Map<string, Sale>, sale: Sale): void {
  const key = `${sale.currency} ${sale.day} ${sale.key}`;
  const sold = sales.get(key);
  if (sold === undefined) {
    sales.set(key, sale);
    return;
  }
  sold.orders += sale.orders;
  sold.units = sum([sold.units, sale.units]);
  sold.amount = sum([sold.amount, sale.amount]);
}
