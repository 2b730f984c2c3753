// From an event to the mail that is to be written, in the event's own transaction. Told once per order and kind, whatever is
// delivered twice. Composes and sends nothing: that is the worker's affair.
import { randomUUIDv7 } from "node:crypto";
import type { Statement, Tx } from "../../database/database.ts";
import { causedBy, type ReceivedOf } from "../../events/subscription.ts";
import type { DeliveryKind } from "./delivery-kinds.ts";

const KINDS = {
  "orders.confirmed": "order_confirmed",
  "orders.rejected": "order_rejected",
  "orders.payment_failed": "payment_failed",
  "orders.expired": "order_expired",
} as const satisfies Record<string, DeliveryKind>;

type TypeToTell = keyof typeof KINDS;
export type ToTell = ReceivedOf<TypeToTell>;

/**
 * A new group is given the whole history. What is older than this is no news to anybody, and a shop that begins to write
 * mails must not write to all who ever bought something.
 */
const NEWS_FOR_MS = 7 * 24 * 3_600_000;

// Ordered, so that two batches that share orders wait for each other instead of deadlocking.
const INSERT: Statement = {
  name: "deliveries_insert",
  text: `insert into deliveries (id, order_id, kind, recipient, facts, correlation_id, causation_id, traceparent,
      status, attempts, created_at, compose_at)
    select wish.*, 'PENDING', 0, $9::timestamptz, $9::timestamptz
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::text[], $8::text[])
      as wish (id, order_id, kind, recipient, facts, correlation_id, causation_id, traceparent)
    order by order_id, kind
    on conflict (order_id, kind) do nothing`,
};

/** One statement, however many events there are. An order without an e-mail address is told nothing. */
export function tellCustomers(tx: Tx, events: readonly ToTell[], now: Date): void {
  const wishes = events.flatMap((event) => {
    const { email, orderId } = event.data;
    if (email === null || now.getTime() - event.occurredAt.getTime() > NEWS_FOR_MS) return [];
    const kind = KINDS[event.type];
    return [{ orderId, kind, recipient: email, facts: JSON.stringify(event.data), origin: causedBy(event) }];
  });
  if (wishes.length === 0) return;
  tx.send(INSERT, [
    wishes.map(() => randomUUIDv7()),
    wishes.map((wish) => wish.orderId),
    wishes.map((wish) => wish.kind),
    wishes.map((wish) => wish.recipient),
    wishes.map((wish) => wish.facts),
    wishes.map((wish) => wish.origin.correlationId),
    wishes.map((wish) => wish.origin.causationId),
    wishes.map((wish) => wish.origin.traceparent),
    now,
  ]);
}
