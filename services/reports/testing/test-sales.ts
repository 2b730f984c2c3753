// For the tests of this folder: confirmed orders as the bridge hands them over.
import { randomUUIDv7 } from "node:crypto";
import type { Database } from "../../../database/database.ts";
import { applySales, type OrderConfirmed } from "../apply-sales.ts";
import type { ConfirmedOrder } from "../tally-sales.ts";

export interface Sold {
  placedAt?: string;
  occurredAt?: string;
  currency?: string;
  country?: string;
  /** SKU, quantity, unit price. */
  lines?: [sku: string, quantity: number, unitPrice: number][];
}

/** One mug for 5.00, to Great Britain on the first of March 2026 at noon, where nothing else is said. */
export function sold({
  placedAt = "2026-03-01T12:00:00.000Z",
  occurredAt = placedAt,
  currency = "GBP",
  country = "GB",
  lines = [["MUG", 1, 500]],
}: Sold = {}): OrderConfirmed {
  const priced = lines.map(([sku, quantity, unitPrice]) => ({ sku, quantity, unitPrice, total: quantity * unitPrice }));
  const orderId = randomUUIDv7();
  const data: ConfirmedOrder = {
    orderId,
    number: orderId,
    customerId: null,
    email: null,
    currency,
    total: priced.reduce((total, line) => total + line.total, 0),
    country,
    placedAt,
    lines: priced,
  };
  return {
    id: randomUUIDv7(),
    type: "orders.confirmed",
    aggregateId: orderId,
    aggregateVersion: 2,
    occurredAt: new Date(occurredAt),
    correlationId: null,
    causationId: null,
    traceparent: null,
    data,
  };
}

export const apply = (db: Database, events: readonly OrderConfirmed[]): Promise<void> =>
  db.transaction((tx) => applySales(tx, events));

export const gbp = (amount: number) => ({ amount, currency: "GBP" });
