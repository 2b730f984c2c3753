// What the shop is told of an order.
import type { EventOf } from "../../contract/events/events.ts";
import { type OrderRecord, orderFacts } from "./order-record.ts";

/** A turn of an order's life; what ends it badly says why. */
export type Turn =
  | { trigger: "confirmed" | "awaiting_payment"; reason: null }
  | { trigger: "rejected" | "payment_failed" | "expired"; reason: string };

type OrderEvent = EventOf<"orders.created" | `orders.${Turn["trigger"]}`>;

export const createdEvent = (order: OrderRecord): OrderEvent => ({
  type: "orders.created",
  aggregateId: order.id,
  aggregateVersion: 1,
  data: orderFacts(order),
  occurredAt: order.createdAt,
  origin: order.origin,
});

export function turnEvent(order: OrderRecord, turn: Turn, version: number, at: Date): OrderEvent {
  const { id: aggregateId, origin } = order;
  const about = { aggregateId, aggregateVersion: version, occurredAt: at, origin };
  const facts = orderFacts(order);
  return turn.reason === null
    ? { ...about, type: `orders.${turn.trigger}` as const, data: facts }
    : { ...about, type: `orders.${turn.trigger}` as const, data: { ...facts, reason: turn.reason } };
}
