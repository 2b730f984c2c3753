// Holds stock for orders: all lines of an order or none, effective once per order however often it is asked.
// Set-shaped: one lock, one decision and one write for any number of orders. A refusal is an answer, not an error, and
// stays behind as a REFUSED reservation, so that the same order asked again gets the same answer.

import type { Origin } from "../../contract/events/domain-event.ts";
import type { Database, Statement, Tx } from "../../database/database.ts";
import { record } from "../../events/outbox/record.ts";
import { type Allotment, allotStock, type Shortage, type Wish } from "./allot-stock.ts";
import { answered } from "./reservation-events.ts";
import type { ReservationState } from "./reservation-states.ts";
import { crossingsOf, type VersionedLevel } from "./stock-crossings.ts";

export interface ReserveRequest extends Wish {
  expiresAt: Date;
  origin: Origin;
}

export type ReserveAnswer = { status: "HELD" } | { status: "REFUSED"; shortages: Shortage[] };

interface ReservationRow {
  orderId: string;
  status: ReservationState;
  version: number;
}

// A new order gets its row now and holds it by that; an order that asked before shows the row that it has.
const OPEN: Statement = {
  name: "reservation_open",
  text: `insert into reservations (order_id, status, expires_at, version, created_at, updated_at)
    select order_id, 'HELD', expires_at, 1, $3, $3 from (
      select * from unnest($1::uuid[], $2::timestamptz[]) as wish (order_id, expires_at) order by order_id
    ) wish
    on conflict (order_id) do nothing
    returning order_id as "orderId", status, version`,
};
const FIND: Statement = {
  name: "reservation_find",
  text: `select order_id as "orderId", status, version from reservations
    where order_id = any($1::uuid[]) order by order_id for update`,
};
// Ordered, so that any two transactions lock the same SKUs in the same sequence.
const LOCK_LEVELS: Statement = {
  name: "stock_lock_levels",
  text: `select sku, on_hand as "onHand", reserved, version from stock_levels where sku = any($1) order by sku for update`,
};
const SETTLE: Statement = {
  name: "reservation_settle",
  text: `update reservations set status = wish.status, expires_at = wish.expires_at, version = wish.version, updated_at = $5
    from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::int[]) as wish (order_id, status, expires_at, version)
    where reservations.order_id = wish.order_id`,
};
const HOLD: Statement = {
  name: "stock_hold",
  text: `with line as (
      select * from unnest($1::uuid[], $2::text[], $3::int[]) as line (order_id, sku, quantity)
    ), kept as (
      insert into reservation_lines (order_id, sku, quantity) select * from line on conflict (order_id, sku) do nothing
    ), moved as (
      insert into stock_movements (sku, type, on_hand_delta, reserved_delta, order_id, at)
      select sku, 'RESERVATION', 0, quantity, order_id, $4 from line
    )
    update stock_levels set reserved = reserved + total.quantity,
      version = version + cardinality(array_positions($5::text[], stock_levels.sku)), updated_at = $4
    from (select sku, sum(quantity)::int as quantity from line group by sku) total
    where stock_levels.sku = total.sku`,
};

/**
 * @returns per request, in order, what became of it
 * @throws only what the database throws; then nothing of the batch has happened
 */
export async function reserveStock(
  db: Database,
  requests: readonly ReserveRequest[],
  now: Date,
): Promise<ReserveAnswer[]> {
  // One order twice in a batch is one wish.
  const wishes = new Map(requests.map((request) => [request.orderId, request]));
  const answers = await db.transaction((tx) => settleWishes(tx, wishes, now));
  return requests.map(({ orderId }) => answers.get(orderId) as ReserveAnswer);
}

async function settleWishes(tx: Tx, wishes: ReadonlyMap<string, ReserveRequest>, now: Date) {
  const orderIds = [...wishes.keys()];
  const skus = [...new Set([...wishes.values()].flatMap((wish) => wish.lines.map((line) => line.sku)))];
  const [opened, levels] = await Promise.all([
    tx.query<ReservationRow>(OPEN, [orderIds, [...wishes.values()].map((wish) => wish.expiresAt), now]),
    tx.query<VersionedLevel>(LOCK_LEVELS, [skus]),
  ]);
  const fresh = new Map(opened.map((row) => [row.orderId, row]));
  const asked = orderIds.filter((orderId) => !fresh.has(orderId));
  const known = asked.length === 0 ? [] : await tx.query<ReservationRow>(FIND, [asked]);
  const expired = known.filter((row) => row.status === "EXPIRED").map((row) => ({ ...row, version: row.version + 1 }));
  const open = new Map([...fresh, ...expired.map((row) => [row.orderId, row] as const)]);

  const wanted = [...wishes.values()].filter((wish) => open.has(wish.orderId));
  const allotments = allotStock(levels, wanted);
  write(tx, allotments, { wishes, open, levels, now });

  const answers = new Map<string, ReserveAnswer>(known.map((row) => [row.orderId, repeated(row.status)]));
  for (const { orderId, ...allotment } of allotments) answers.set(orderId, answerOf(allotment));
  return answers;
}

interface Settling {
  wishes: ReadonlyMap<string, ReserveRequest>;
  open: ReadonlyMap<string, ReservationRow>;
  levels: readonly VersionedLevel[];
  now: Date;
}

function write(tx: Tx, allotments: readonly Allotment[], { wishes, open, levels, now }: Settling): void {
  const outcomes = allotments.map((allotment) => {
    const { expiresAt, origin } = wishes.get(allotment.orderId) as ReserveRequest;
    return { ...allotment, expiresAt, origin, version: open.get(allotment.orderId)?.version ?? 1 };
  });
  // What was opened just now as HELD and is held needs no second write.
  const changed = outcomes.filter(({ status, version }) => status === "REFUSED" || version > 1);
  if (changed.length > 0) {
    tx.send(SETTLE, [
      changed.map((outcome) => outcome.orderId),
      changed.map((outcome) => outcome.status),
      changed.map((outcome) => outcome.expiresAt),
      changed.map((outcome) => outcome.version),
      now,
    ]);
  }
  const lines = outcomes.flatMap((outcome) =>
    outcome.status === "HELD" ? outcome.lines.map((line) => ({ ...outcome, ...line })) : [],
  );
  const moves = lines.map(({ sku, quantity, origin }) => ({ sku, by: -quantity, origin }));
  const crossings = crossingsOf(levels, moves, now);
  const told = outcomes.map((outcome) => answered(outcome, outcome.expiresAt, { ...outcome, now }));
  record(tx, [...told, ...crossings]);
  if (lines.length === 0) return;
  tx.send(HOLD, [
    lines.map((line) => line.orderId),
    lines.map((line) => line.sku),
    lines.map((line) => line.quantity),
    now,
    crossings.map((crossing) => crossing.aggregateId),
  ]);
}

const answerOf = (allotment: Omit<Allotment, "orderId">): ReserveAnswer =>
  "shortages" in allotment ? { status: "REFUSED", shortages: allotment.shortages as Shortage[] } : { status: "HELD" };

/** What an order gets that asked before: a hold is still its hold; refused or given back stays so. */
function repeated(status: ReservationState): ReserveAnswer {
  return status === "HELD" || status === "COMMITTED" ? { status: "HELD" } : { status: "REFUSED", shortages: [] };
}
