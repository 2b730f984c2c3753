// Moves orders along their life: the new state, the steps that led there, the event and the client's remembered answer are
// one transaction, for any number of orders. An order that somebody else has moved meanwhile stays as it is: two drivers
// of one order do no harm, the first to settle it wins.

import type { Database, Statement } from "../../database/database.ts";
import { rememberAnswers } from "../../database/idempotency.ts";
import { record } from "../../events/outbox/record.ts";
import { type Turn, turnEvent } from "./order-events.ts";
import type { OrderProgress, OrderRecord } from "./order-record.ts";
import { ORDER_LIFE, type OrderState } from "./order-states.ts";
import { INSERT_HISTORY } from "./placing/create-orders.ts";

/** Something that happened on the way, for the order's timeline. */
export interface Step {
  type: string;
  at: Date;
  data: Record<string, unknown>;
}

/** How a drive ended. */
export type Ending = Turn & {
  steps: readonly Step[];
  /** When an order that stays open is to be looked at again; null for one that is settled. */
  wakeAt: Date | null;
};

export type Settlement = Ending & { order: OrderRecord };

const LOCK: Statement = {
  name: "orders_lock",
  text: `select id, status, reason, version, updated_at as "updatedAt" from orders
    where id = any($1::uuid[]) order by id for update`,
};
const MOVE: Statement = {
  name: "orders_move",
  text: `update orders set status = step.status, reason = step.reason, wake_at = step.wake_at, attempts = 0,
      needs_attention = false, version = step.version, updated_at = $6
    from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::int[])
      as step (id, status, reason, wake_at, version)
    where orders.id = step.id`,
};

interface Row {
  id: string;
  status: OrderState;
  reason: string | null;
  version: number;
  updatedAt: Date;
}

/** @returns per settlement, in order, how the order stands afterwards */
export async function settleOrders(
  db: Database,
  settlements: readonly Settlement[],
  now: Date,
): Promise<OrderProgress[]> {
  return db.transaction(async (tx) => {
    const rows = await tx.query<Row>(LOCK, [settlements.map(({ order }) => order.id)]);
    const standing = new Map(rows.map((row) => [row.id, row]));
    const moved = settlements.flatMap((settlement) => {
      const row = standing.get(settlement.order.id) as Row;
      const status = ORDER_LIFE[row.status][settlement.event];
      if (status === undefined) return [];
      Object.assign(row, { status, reason: settlement.reason, version: row.version + 1, updatedAt: now });
      return [{ ...settlement, row: { ...row } }];
    });
    if (moved.length > 0) {
      // An order that moved twice in this batch is written once, as it stands: one UPDATE takes one of two rows.
      const last = [...new Map(moved.map((move) => [move.row.id, move])).values()];
      tx.send(MOVE, [
        last.map(({ row }) => row.id),
        last.map(({ row }) => row.status),
        last.map(({ row }) => row.reason),
        last.map(({ wakeAt }) => wakeAt),
        last.map(({ row }) => row.version),
        now,
      ]);
      const history = moved.flatMap(({ row, steps, event, reason }) => [
        ...steps.map((step) => ({ id: row.id, ...step })),
        { id: row.id, type: event, at: now, data: reason === null ? {} : { reason } },
      ]);
      tx.send(INSERT_HISTORY, [
        history.map((entry) => entry.id),
        history.map((entry) => entry.type),
        history.map((entry) => JSON.stringify(entry.data)),
        history.map(() => null),
        history.map((entry) => entry.at),
      ]);
      rememberAnswers(
        tx,
        moved.map(({ row }) => ({ resourceId: row.id, response: progressOf(row) })),
      );
      record(
        tx,
        moved.map((move) => turnEvent(move.order, move, move.row.version, now)),
      );
    }
    return settlements.map(({ order }) => progressOf(standing.get(order.id) as Row));
  });
}

const progressOf = ({ status, reason, version, updatedAt }: Row): OrderProgress => ({
  status,
  reason,
  version,
  updatedAt: updatedAt.toISOString(),
});
