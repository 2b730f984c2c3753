// A request that cannot wait longer answers PENDING, and that is from then on the answer of its idempotency key.
import type { Database, Statement } from "../../../database/database.ts";
import type { OrderProgress, OrderRecord } from "../order-record.ts";

// One statement, so that the driver that settles the order at the same moment and this one agree on who was first.
const REMEMBER: Statement = {
  name: "orders_remember_pending",
  text: `update idempotency_keys set response = coalesce(response, $2::jsonb), locked_until = null
    where resource_id = $1 returning response`,
};

/** @returns what is remembered: PENDING, or the outcome that was remembered just before */
export async function rememberPending(db: Database, order: OrderRecord): Promise<OrderProgress> {
  const pending: OrderProgress = {
    status: "PENDING",
    reason: null,
    version: 1,
    updatedAt: order.createdAt.toISOString(),
  };
  const [row] = await db.query<{ response: OrderProgress }>(REMEMBER, [order.id, JSON.stringify(pending)]);
  return row?.response ?? pending;
}
