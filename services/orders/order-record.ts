// An order in memory, and how it is shown. What was fixed at its creation is apart from what changes.
import { randomBytes } from "node:crypto";
import type { Address } from "../../contract/addresses.ts";
import type { Origin } from "../../contract/events/domain-event.ts";
import type { NewRowOf } from "../../database/columns.ts";
import type { KeyId } from "../../database/idempotency.ts";
import { type FulfillmentStatus, type OrderState, PAYMENT_STATUS_BEFORE, type PaymentStatus } from "./order-states.ts";
import type { Order } from "./orders.contract.ts";
import type { CREATED, OrderRow } from "./orders.model.ts";
import type { PricedLine } from "./placing/price-lines.ts";

export interface OrderRecord {
  readonly id: string;
  readonly number: string;
  readonly reference: string | null;
  readonly customerId: string | null;
  readonly email: string | null;
  readonly language: string | null;
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
  /** The idempotency key that it was placed under; null for an order from before keys were remembered with it. */
  readonly placing: KeyId | null;
}

/** The part of an order that changes. Remembered with an idempotency key, it makes the same answer again. */
export interface OrderProgress {
  status: OrderState;
  reason: string | null;
  /** Absent from answers that were remembered before it was a fact of its own. */
  paymentStatus?: PaymentStatus | null;
  fulfillmentStatus?: FulfillmentStatus | null;
  version: number;
  /** ISO 8601, so that it survives JSON. */
  updatedAt: string;
}

/** An order and how it stands. */
export interface OrderInHand {
  order: OrderRecord;
  progress: OrderProgress;
}

/** How an order stands that was created just now. */
export const newlyCreated = ({ createdAt }: OrderRecord): OrderProgress => ({
  status: "PENDING",
  reason: null,
  paymentStatus: "PENDING",
  fulfillmentStatus: "UNFULFILLED",
  version: 1,
  updatedAt: createdAt.toISOString(),
});

export function presentOrder({ order, progress }: OrderInHand): Order {
  const { status, reason, paymentStatus, fulfillmentStatus, updatedAt, version } = progress;
  const money = (amount: number) => ({ amount, currency: order.currency });
  return {
    id: order.id,
    number: order.number,
    reference: order.reference,
    status,
    reason,
    paymentStatus: paymentStatus ?? PAYMENT_STATUS_BEFORE[status],
    fulfillmentStatus: fulfillmentStatus ?? "UNFULFILLED",
    customerId: order.customerId,
    email: order.email,
    language: order.language,
    currency: order.currency,
    lines: order.lines.map((line) => ({ ...line, unitPrice: money(line.unitPrice), total: money(line.total) })),
    total: money(order.total),
    shippingAddress: order.shippingAddress,
    placedAt: order.placedAt.toISOString(),
    createdAt: order.createdAt.toISOString(),
    updatedAt,
    version,
  };
}

/**
 * What the order's events say of it, so that consumers need not ask back. All of it but where it goes: an event is kept for
 * ever, and where somebody lives should not be (docs/decisions/0014).
 */
export const orderFacts = (order: OrderRecord) => ({
  orderId: order.id,
  number: order.number,
  customerId: order.customerId,
  email: order.email,
  ...(order.language === null ? {} : { language: order.language }),
  currency: order.currency,
  total: order.total,
  country: order.shippingAddress.country,
  placedAt: order.placedAt.toISOString(),
  lines: order.lines.map(({ sku, title, quantity, unitPrice, total }) => ({ sku, title, quantity, unitPrice, total })),
});

export const rowOf = ({ origin, placing, lines: _lines, ...order }: OrderRecord): NewRowOf<typeof CREATED> => ({
  ...order,
  ...origin,
  placingScope: placing?.scope ?? null,
  placingKey: placing?.key ?? null,
});

export function inHand(row: OrderRow): OrderInHand {
  const { correlationId, causationId, traceparent, placingScope: scope, placingKey: key, ...rest } = row;
  const { status, reason, paymentStatus, fulfillmentStatus, version, updatedAt, total, lines, ...fixed } = rest;
  return {
    order: {
      ...fixed,
      shippingAddress: fixed.shippingAddress as Address,
      total: Number(total),
      lines: lines.map(({ sku, title, quantity, unitPrice, total: sum }) => ({
        ...{ sku, title, quantity },
        unitPrice: Number(unitPrice),
        total: Number(sum),
      })),
      origin: { correlationId, causationId, traceparent },
      placing: scope === null || key === null ? null : { scope, key },
    },
    progress: progressOf({ status, reason, paymentStatus, fulfillmentStatus, version, updatedAt }),
  };
}

/** What a row says of how far an order is. */
export const progressOf = (
  row: Pick<OrderRow, "status" | "reason" | "paymentStatus" | "fulfillmentStatus" | "version" | "updatedAt">,
): OrderProgress => ({
  status: row.status,
  reason: row.reason,
  paymentStatus: row.paymentStatus as PaymentStatus | null,
  fulfillmentStatus: row.fulfillmentStatus as FulfillmentStatus | null,
  version: row.version,
  updatedAt: row.updatedAt.toISOString(),
});

/** Crockford's alphabet: no letter is mistaken for a digit on the telephone. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Ten characters of 50 random bits, as `XXXXX-XXXXX`: short enough to say, too many to guess. */
export function newOrderNumber(): string {
  const letters = Array.from(randomBytes(10), (byte) => ALPHABET[byte % 32]).join("");
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}
