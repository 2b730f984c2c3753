// Gives held stock back: when an order ends badly (release) and when a hold's time is up (expire). Once per hold.
// Releasing an order that never reserved leaves a tombstone, so that its reservation, should it still arrive, holds nothing.

import type { Origin } from "../../contract/events/domain-event.ts";
import type { Database, Statement, Tx } from "../../database/database.ts";
import { record } from "../../events/outbox/record.ts";
import { progressed } from "./reservation-events.ts";
import { type CrossingEvent, crossingsOf, type VersionedLevel } from "./stock-crossings.ts";

export interface ReleaseRequest {
  orderId: string;
  origin: Origin;
}

interface Released {
  orderId: string;
  version: number;
}

/** A line of a reservation with the level that it holds of. */
type HeldLine = VersionedLevel & { orderId: string; quantity: number };

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
// Levels are locked in the order of their SKUs before the update touches them, as everywhere. A level comes once per line.
const LOCK_LEVELS: Statement = {
  name: "stock_lock_levels_of_orders",
  text: `select order_id as "orderId", sku, quantity, on_hand as "onHand", reserved, stock_levels.version
    from reservations join reservation_lines using (order_id) join stock_levels using (sku)
    where order_id = any($1::uuid[]) and status = any($2::text[])
    order by sku for update of stock_levels`,
};
const GIVE_BACK: Statement = {
  name: "stock_give_back",
  text: `with line as (
      select order_id, sku, quantity from reservation_lines where order_id = any($1::uuid[])
    ), moved as (
      insert into stock_movements (sku, type, on_hand_delta, reserved_delta, order_id, at)
      select sku, $2, 0, -quantity, order_id, $3 from line
    )
    update stock_levels set reserved = reserved - total.quantity,
      version = version + cardinality(array_positions($4::text[], stock_levels.sku)), updated_at = $3
    from (select sku, sum(quantity)::int as quantity from line group by sku) total
    where stock_levels.sku = total.sku`,
};

/** @returns per request, in order, whether this call gave something back */
export async function releaseReservations(
  db: Database,
  requests: readonly ReleaseRequest[],
  now: Date,
): Promise<{ released: boolean }[]> {
  const origins = new Map(requests.map(({ orderId, origin }) => [orderId, origin]));
  const orderIds = [...origins.keys()];
  const released = await db.transaction(async (tx) => {
    tx.send(ENTOMB, [orderIds, now]);
    tx.send(LOCK, [orderIds]);
    // In one flight, and so before it is known which orders hold something: the levels of just those are locked.
    const [lines, rows] = await Promise.all([
      tx.query<HeldLine>(LOCK_LEVELS, [orderIds, ["HELD", "COMMITTED"]]),
      tx.query<Released & { was: string }>(RELEASE, [orderIds, now]),
    ]);
    const crossings = giveBack(tx, lines, "RELEASE", now, origins);
    const told = rows.map(({ orderId, version }) =>
      progressed("inventory.reservation_released", orderId, { version, now, origin: origins.get(orderId) }),
    );
    record(tx, [...told, ...crossings]);
    return new Set(rows.filter((row) => row.was !== "EXPIRED").map((row) => row.orderId));
  });
  return requests.map(({ orderId }) => ({ released: released.has(orderId) }));
}

/** Expires holds whose time is up, at most `limit`. Any number of nodes may do so at once. @returns how many */
export async function expireReservations(db: Database, now: Date, limit = 200): Promise<number> {
  return db.transaction(async (tx) => {
    const rows = await tx.query<Released>(EXPIRE, [now, limit]);
    if (rows.length === 0) return 0;
    const lines = await tx.query<HeldLine>(LOCK_LEVELS, [rows.map((row) => row.orderId), ["EXPIRED"]]);
    const crossings = giveBack(tx, lines, "EXPIRY", now);
    const told = rows.map(({ orderId, version }) =>
      progressed("inventory.reservation_expired", orderId, { version, now, origin: undefined }),
    );
    record(tx, [...told, ...crossings]);
    return rows.length;
  });
}

/** Without origins for a sweep, which nobody asked for. */
function giveBack(
  tx: Tx,
  lines: readonly HeldLine[],
  type: "RELEASE" | "EXPIRY",
  now: Date,
  origins?: ReadonlyMap<string, Origin>,
): CrossingEvent[] {
  if (lines.length === 0) return [];
  const levels = new Map(lines.map((line) => [line.sku, line]));
  const moves = lines.map(({ orderId, sku, quantity }) => ({ sku, by: quantity, origin: origins?.get(orderId) }));
  const crossings = crossingsOf([...levels.values()], moves, now);
  const orderIds = new Set(lines.map((line) => line.orderId));
  tx.send(GIVE_BACK, [[...orderIds], type, now, crossings.map((crossing) => crossing.aggregateId)]);
  return crossings;
}
