// An order in memory, and how it is shown. What was fixed at its creation is apart from what changes.
import { randomBytes } from "node:crypto";
import type { Origin } from "../../contract/events/domain-event.ts";
import type { Address } from "../../contract/fields.ts";
import { type OrderState, PAYMENT_STATUS_OF } from "./order-states.ts";
import type { Order } from "./orders.contract.ts";
import type { PricedLine } from "./placing/price-lines.ts";

export interface OrderRecord {
  readonly id: string;
  readonly number: string;
  readonly reference: string | null;
  readonly customerId: string | null;
  readonly email: string | null;
  readonly currency: string;
  readonly lines: readonly PricedLine[];
  readonly total: number;
  readonly shippingAddress: Address;
  readonly paymentMethod: string;
  readonly placedAt: Date;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  /** The story that its events and the calls of its drives belong to. */
  readonly origin: Origin;
}

/** The part of an order that changes. Remembered with an idempotency key, it makes the same answer again. */
export interface OrderProgress {
  status: OrderState;
  reason: string | null;
  version: number;
  /** ISO 8601, so that it survives JSON. */
  updatedAt: string;
}

export function presentOrder(order: OrderRecord, progress: OrderProgress): Order {
  const money = (amount: number) => ({ amount, currency: order.currency });
  return {
    id: order.id,
    number: order.number,
    reference: order.reference,
    status: progress.status,
    reason: progress.reason,
    paymentStatus: PAYMENT_STATUS_OF[progress.status],
    fulfillmentStatus: "UNFULFILLED",
    customerId: order.customerId,
    email: order.email,
    currency: order.currency,
    lines: order.lines.map((line) => ({ ...line, unitPrice: money(line.unitPrice), total: money(line.total) })),
    total: money(order.total),
    shippingAddress: order.shippingAddress,
    placedAt: order.placedAt.toISOString(),
    createdAt: order.createdAt.toISOString(),
    updatedAt: progress.updatedAt,
    version: progress.version,
  };
}

/** What the order's events say of it, complete, so that no consumer has to ask back. */
export const orderFacts = (order: OrderRecord) => ({
  orderId: order.id,
  number: order.number,
  customerId: order.customerId,
  email: order.email,
  currency: order.currency,
  total: order.total,
  country: order.shippingAddress.country,
  placedAt: order.placedAt.toISOString(),
  lines: order.lines.map(({ sku, quantity, unitPrice, total }) => ({ sku, quantity, unitPrice, total })),
});

/** Crockford's alphabet: no letter is mistaken for a digit on the telephone. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Ten characters of 50 random bits, as `XXXXX-XXXXX`: short enough to say, too many to guess. */
export function newOrderNumber(): string {
  const letters = Array.from(randomBytes(10), (byte) => ALPHABET[byte % 32]).join("");
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}
