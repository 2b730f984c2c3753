// The order worker: orders whose time has come are taken over, wherever the process that drove them has gone. Any number of
// nodes may look at once: a row is claimed by one of them, and its lease keeps the others away.
import type { Clock } from "../../../database/clock.ts";
import type { Database, Statement } from "../../../database/database.ts";
import type { OrderInHand } from "../order-record.ts";
import type { OrdersModels } from "../orders.model.ts";
import { loadOrders } from "../reading/read-orders.ts";

const CLAIM: Statement = {
  name: "orders_claim_due",
  text: `update orders set wake_at = $2 where id in (
      select id from orders where wake_at <= $1 order by wake_at limit $3 for update skip locked
    ) returning id`,
};
const BATCH = 50;

export interface WakeTools {
  db: Database;
  clock: Clock;
  models: OrdersModels;
  leaseMs: number;
  drive: (hand: OrderInHand) => Promise<unknown>;
  /** Asked between two batches: what is due is left to others. */
  stopping: () => boolean;
}

/** Takes over and drives what is due now. @returns how many orders that were */
export async function wakeOrders(tools: WakeTools): Promise<number> {
  let woken = 0;
  for (;;) {
    const now = tools.clock();
    const leaseUntil = new Date(now.getTime() + tools.leaseMs);
    const claimed = await tools.db.query<{ id: string }>(CLAIM, [now, leaseUntil, BATCH]);
    const ids = claimed.map((row) => row.id);
    const due = await loadOrders(tools.models, ids);
    await Promise.all(due.map(tools.drive));
    woken += due.length;
    if (claimed.length < BATCH || tools.stopping()) return woken;
  }
}
