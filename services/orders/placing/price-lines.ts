// The lines of an order with their prices: the catalog's, or one that staff negotiated. Totals are the server's alone.

import { MAX_AMOUNT } from "../../../contract/fields.ts";
import { type Money, multiply, sum } from "../../../contract/money.ts";
import { currencyMismatch, totalTooLarge, unknownSku } from "../errors.ts";

export interface WantedLine {
  sku: string;
  quantity: number;
  unitPrice?: Money;
}

export interface PricedLine {
  sku: string;
  title: string;
  quantity: number;
  /** Minor units of the order's currency. */
  unitPrice: number;
  total: number;
}

export interface CatalogPrice {
  sku: string;
  title: string;
  price: Money;
}

/**
 * Each line stands by itself, also when a SKU comes twice.
 * @throws UNKNOWN_SKU, CURRENCY_MISMATCH or TOTAL_TOO_LARGE (422)
 */
export function priceLines(
  wanted: readonly WantedLine[],
  currency: string,
  catalog: readonly CatalogPrice[],
): { lines: PricedLine[]; total: number } {
  const known = new Map(catalog.map((item) => [item.sku, item]));
  const missing = [...new Set(wanted.map((line) => line.sku).filter((sku) => !known.has(sku)))];
  if (missing.length > 0) throw unknownSku(missing);
  try {
    const lines = wanted.map(({ sku, quantity, unitPrice }, i): PricedLine => {
      const item = known.get(sku) as CatalogPrice;
      const price = unitPrice ?? item.price;
      if (price.currency !== currency) throw currencyMismatch(i, price.currency);
      return { sku, title: item.title, quantity, unitPrice: price.amount, total: multiply(price.amount, quantity) };
    });
    const total = sum(lines.map((line) => line.total));
    if (total > MAX_AMOUNT) throw totalTooLarge();
    return { lines, total };
  } catch (error) {
    throw error instanceof RangeError ? totalTooLarge() : error;
  }
}
