// A payment that waited for its customer is settled: the order that waits for it is due now, and the worker drives it on.
// What became of the payment is not taken from the event, for the drive asks it of payments in any case; so an event that
// comes late or twice only has the order looked at once more.
import type { Statement, Tx } from "../../../database/database.ts";
import type { ReceivedOf } from "../../../events/subscription.ts";

const LOCK: Statement = {
  name: "orders_lock_waiting",
  text: `select from orders where id = any($1::uuid[]) and status = 'AWAITING_PAYMENT' order by id for update`,
};
const WAKE: Statement = {
  name: "orders_wake_paid",
  text: `update orders set wake_at = least(wake_at, $3), causation_id = settled.event_id
    from unnest($1::uuid[], $2::text[]) as settled (order_id, event_id)
    where orders.id = settled.order_id and orders.status = 'AWAITING_PAYMENT'
    returning orders.id`,
};

/** @returns how many orders waited for these events; most events are of orders that did not */
export async function wakePaidOrders(
  tx: Tx,
  events: readonly ReceivedOf<"payments.authorized" | "payments.failed">[],
  now: Date,
): Promise<number> {
  const lastOf = new Map(events.map(({ id, data }) => [data.orderId, id]));
  const orderIds = [...lastOf.keys()];
  tx.send(LOCK, [orderIds]);
  const woken = await tx.query(WAKE, [orderIds, [...lastOf.values()], now]);
  return woken.length;
}
