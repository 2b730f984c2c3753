// Drives one order and settles how that ended, or puts it off when it could not be finished now. Used by the request that
// placed the order and by the worker alike.

import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Caller } from "../../../contract/typed.ts";
import type { Clock } from "../../../database/clock.ts";
import type { Database, Statement } from "../../../database/database.ts";
import type { Settlement } from "../move-orders.ts";
import type { OrderProgress, OrderRecord } from "../order-record.ts";
import { driveOrder } from "../paying/drive-order.ts";

export interface AdvanceTools {
  db: Database;
  clock: Clock;
  /** Places the calls of a drive as part of the order's story. */
  callsOf: (origin: Origin) => Caller;
  settle: (settlement: Settlement) => Promise<OrderProgress>;
  log: { warn(message: string, facts?: Record<string, unknown>): void };
}

const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 300_000;
/** So often may a process fail before a person should look at it; it is retried all the same. */
const ATTENTION_AFTER = 10;

// Doubles with each attempt. An order that was settled meanwhile has no wake_at and is left alone.
const PUT_OFF: Statement = {
  name: "orders_put_off",
  text: `update orders set
      wake_at = $2::timestamptz + least($3 * power(2, least(attempts, 20)), $4) * interval '1 millisecond',
      attempts = attempts + 1,
      needs_attention = attempts + 1 >= $5
    where id = $1 and wake_at is not null`,
};

/** @returns how the order stands, or undefined when it is still open and was put off */
export async function advanceOrder(order: OrderRecord, tools: AdvanceTools): Promise<OrderProgress | undefined> {
  const drive = () => driveOrder(order, { via: tools.callsOf(order.origin), clock: tools.clock });
  try {
    const outcome = await drive();
    if (outcome.event !== null) {
      const progress = await tools.settle({ order, ...outcome });
      if (progress.status !== "AWAITING_PAYMENT") return progress;
      // The customer may have been quicker than this: the event that wakes waiting orders then found none waiting yet.
      const again = await drive();
      if (again.event !== null) await tools.settle({ order, ...again });
      // The first answer is the one that was remembered for the client's key.
      return progress;
    }
  } catch (error) {
    tools.log.warn(`order ${order.id} could not be finished now: ${(error as Error).message}`);
  }
  await tools.db.query(PUT_OFF, [order.id, tools.clock(), RETRY_BASE_MS, RETRY_CAP_MS, ATTENTION_AFTER]);
  return undefined;
}
