// Gives held stock back: when an order ends badly (release) and when a hold's time is up (expire). Once per hold.
// Releasing an order that never reserved leaves a tombstone, so that its reservation, should it still arrive, holds nothing.
import type { Database, Statement, Tx } from "../../mixins/database/database.ts";
import { record } from "../../mixins/outbox/record.ts";

interface Released {
  orderId: string;
  version: number;
}

const ENTOMB: Statement = {
  name: "reservation_entomb",
  text: `insert into reservations (order_id, status, expires_at, version, created_at, updated_at)
    select order_id, 'RELEASED', $2, 1, $2, $2 from (select unnest($1::uuid[]) as order_id order by 1) gone
    on conflict (order_id) do nothing`,
};
const LOCK: Statement = {
  name: "reservation_lock_for_release",
  text: `select order_id from reservations where order_id = any($1::uuid[]) order by order_id for update`,
};
const RELEASE: Statement = {
  name: "reservation_release",
  text: `update reservations set status = 'RELEASED', version = version + 1, updated_at = $2
    from (select order_id, status from reservations where order_id = any($1::uuid[])) before
    where reservations.order_id = before.order_id and before.status in ('HELD', 'COMMITTED', 'EXPIRED')
    returning reservations.order_id as "orderId", version, before.status as was`,
};
const EXPIRE: Statement = {
  name: "reservation_expire",
  text: `update reservations set status = 'EXPIRED', version = version + 1, updated_at = $1
    where order_id in (
      select order_id from reservations where status = 'HELD' and expires_at <= $1
      order by expires_at limit $2 for update skip locked
    )
    returning order_id as "orderId", version, 'HELD' as was`,
};
// Levels are locked in the order of their SKUs before the update touches them, as everywhere.
const LOCK_LEVELS: Statement = {
  name: "stock_lock_levels_of_orders",
  text: `select sku from stock_levels where sku in (select sku from reservation_lines where order_id = any($1::uuid[]))
    order by sku for update`,
};
const GIVE_BACK: Statement = {
  name: "stock_give_back",
  text: `with line as (
      select order_id, sku, quantity from reservation_lines where order_id = any($1::uuid[])
    ), moved as (
      insert into stock_movements (sku, type, on_hand_delta, reserved_delta, order_id, at)
      select sku, $2, 0, -quantity, order_id, $3 from line
    )
    update stock_levels set reserved = reserved - total.quantity, updated_at = $3
    from (select sku, sum(quantity)::int as quantity from line group by sku) total
    where stock_levels.sku = total.sku`,
};

/** @returns per order, in order, whether this call gave something back */
export async function releaseReservations(
  db: Database,
  orderIds: readonly string[],
  now: Date,
): Promise<{ released: boolean }[]> {
  const released = await db.transaction(async (tx) => {
    tx.send(ENTOMB, [orderIds, now]);
    tx.send(LOCK, [orderIds]);
    const rows = await tx.query<Released & { was: string }>(RELEASE, [orderIds, now]);
    const holding = rows.filter((row) => row.was !== "EXPIRED");
    giveBack(tx, holding, "RELEASE", now);
    announce(tx, rows, "inventory.reservation_released", now);
    return new Set(holding.map((row) => row.orderId));
  });
  return orderIds.map((orderId) => ({ released: released.has(orderId) }));
}

/** Expires holds whose time is up, at most `limit`. Any number of nodes may do so at once. @returns how many */
export async function expireReservations(db: Database, now: Date, limit = 200): Promise<number> {
  return db.transaction(async (tx) => {
    const rows = await tx.query<Released>(EXPIRE, [now, limit]);
    giveBack(tx, rows, "EXPIRY", now);
    announce(tx, rows, "inventory.reservation_expired", now);
    return rows.length;
  });
}

function giveBack(tx: Tx, rows: readonly Released[], type: "RELEASE" | "EXPIRY", now: Date): void {
  if (rows.length === 0) return;
  const orderIds = rows.map((row) => row.orderId);
  tx.send(LOCK_LEVELS, [orderIds]);
  tx.send(GIVE_BACK, [orderIds, type, now]);
}

function announce(tx: Tx, rows: readonly Released[], type: string, now: Date): void {
  record(
    tx,
    rows.map(({ orderId, version }) => ({
      type,
      aggregateId: orderId,
      aggregateVersion: version,
      data: { orderId },
      occurredAt: now,
    })),
  );
}
