// An order exists, PENDING, before any money moves. The order, its lines, its history, the client's idempotency key and the
// event are one transaction, for any number of orders. The key holds the order until its first answer is remembered.

import type { Database, Statement, Tx } from "../../../database/database.ts";
import { type ClaimOutcome, claimKeys } from "../../../database/idempotency.ts";
import { record } from "../../../events/outbox/record.ts";
import { createdEvent } from "../order-events.ts";
import type { OrderRecord } from "../order-record.ts";

export interface NewOrder {
  order: OrderRecord;
  actorId: string | null;
  idempotency: { scope: string; key: string; fingerprint: string };
}

const INSERT_ORDERS: Statement = {
  name: "orders_insert",
  text: `insert into orders (id, number, reference, status, customer_id, email, currency, total, shipping_address,
      payment_method, placed_at, expires_at, wake_at, version, created_at, updated_at,
      correlation_id, causation_id, traceparent)
    select id, number, reference, 'PENDING', customer_id, email, currency, total, shipping_address,
      payment_method, placed_at, expires_at, $13, 1, created_at, created_at,
      correlation_id, causation_id, traceparent
    from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::jsonb[],
      $9::text[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $14::text[], $15::text[], $16::text[])
      as fresh (id, number, reference, customer_id, email, currency, total, shipping_address,
        payment_method, placed_at, expires_at, created_at, correlation_id, causation_id, traceparent)`,
};
const INSERT_LINES: Statement = {
  name: "order_lines_insert",
  text: `insert into order_lines (order_id, position, sku, title, quantity, unit_price, total)
    select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::bigint[])`,
};
export const INSERT_HISTORY: Statement = {
  name: "order_history_insert",
  text: `insert into order_history (order_id, type, data, actor_id, at)
    select * from unnest($1::uuid[], $2::text[], $3::jsonb[], $4::uuid[], $5::timestamptz[])`,
};

/**
 * @param leaseUntil until when the caller drives the new orders itself
 * @returns per order, in order: `new` for one that was made, else what its idempotency key says
 * @throws what the database throws, a reference that is taken among it; then nothing of the batch has happened
 */
export async function createOrders(
  db: Database,
  wanted: readonly NewOrder[],
  { now, leaseUntil }: { now: Date; leaseUntil: Date },
): Promise<ClaimOutcome[]> {
  return db.transaction(async (tx) => {
    const claims = wanted.map(({ order, idempotency }) => ({ ...idempotency, resourceId: order.id }));
    const outcomes = await claimKeys(tx, claims, { now, lockedUntil: leaseUntil });
    const fresh = wanted.filter((_, i) => outcomes[i]?.kind === "new");
    if (fresh.length > 0) insert(tx, fresh, leaseUntil);
    return outcomes;
  });
}

function insert(tx: Tx, fresh: readonly NewOrder[], leaseUntil: Date): void {
  const orders = fresh.map(({ order }) => order);
  tx.send(INSERT_ORDERS, [
    orders.map((order) => order.id),
    orders.map((order) => order.number),
    orders.map((order) => order.reference),
    orders.map((order) => order.customerId),
    orders.map((order) => order.email),
    orders.map((order) => order.currency),
    orders.map((order) => order.total),
    orders.map((order) => JSON.stringify(order.shippingAddress)),
    orders.map((order) => order.paymentMethod),
    orders.map((order) => order.placedAt),
    orders.map((order) => order.expiresAt),
    orders.map((order) => order.createdAt),
    leaseUntil,
    orders.map(({ origin }) => origin.correlationId),
    orders.map(({ origin }) => origin.causationId),
    orders.map(({ origin }) => origin.traceparent),
  ]);
  const lines = orders.flatMap(({ id, lines }) => lines.map((line, position) => ({ id, position, ...line })));
  tx.send(INSERT_LINES, [
    lines.map((line) => line.id),
    lines.map((line) => line.position),
    lines.map((line) => line.sku),
    lines.map((line) => line.title),
    lines.map((line) => line.quantity),
    lines.map((line) => line.unitPrice),
    lines.map((line) => line.total),
  ]);
  tx.send(INSERT_HISTORY, [
    orders.map((order) => order.id),
    orders.map(() => "created"),
    orders.map((order) => JSON.stringify({ total: order.total, currency: order.currency })),
    fresh.map(({ actorId }) => actorId),
    orders.map((order) => order.createdAt),
  ]);
  record(tx, orders.map(createdEvent));
}
