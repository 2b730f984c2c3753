// The one place that changes the state of an order. The new state, the steps that led there, the event and the answer that is
// remembered for the command behind it are one transaction, for any number of orders.
import { invalidStateTransition } from "../../contract/refusals.ts";
import type { RowOf } from "../../database/columns.ts";
import type { Database, Statement, Tx } from "../../database/database.ts";
import { type KeyId, rememberAnswers } from "../../database/idempotency.ts";
import { record } from "../../events/outbox/record.ts";
import { type Turn, turnEvent } from "./order-events.ts";
import { appendHistory, type TimelineStep } from "./order-history.ts";
import { type OrderProgress, type OrderRecord, progressOf } from "./order-record.ts";
import { allowedFrom, type FulfillmentStatus, ORDER_LIFE, type PaymentStatus } from "./order-states.ts";
import type { HOLDING, OrderRow } from "./orders.model.ts";
import { type Allowances, type BeyondAllowance, decideHolds, readHeld } from "./paying/allowances.ts";

export type OrderMove = Turn & {
  order: OrderRecord;
  /**
   * A command is told that a move is impossible. A drive that comes too late finds out how the order stands, and no more: two
   * drives of one order do no harm, the first to move it wins.
   */
  by: "command" | "drive";
  /** What became of the money and of the goods; as before where nothing is said. */
  paymentStatus?: PaymentStatus;
  fulfillmentStatus?: FulfillmentStatus;
  steps: readonly TimelineStep[];
  /** When the order is to be looked at again; null when nobody drives it on. */
  wakeAt: Date | null;
  /** The command whose answer this is, unless it has had one. */
  answers: KeyId | null;
};

const LOCK: Statement = {
  name: "orders_lock",
  text: `select id, status, reason, payment_status as "paymentStatus", fulfillment_status as "fulfillmentStatus", version,
      updated_at as "updatedAt", held_by as "heldBy", held_from as "heldFrom", held_units as "heldUnits"
    from orders where id = any($1::uuid[]) order by id for update`,
};
const MOVE: Statement = {
  name: "orders_move",
  text: `update orders set status = move.status, reason = move.reason, payment_status = move.payment_status,
      fulfillment_status = move.fulfillment_status, wake_at = move.wake_at,
      held_from = case when move.wake_at is not null then held_from end, attempts = 0, needs_attention = false,
      version = move.version, updated_at = $8
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::int[])
      as move (id, status, reason, payment_status, fulfillment_status, wake_at, version)
    where orders.id = move.id`,
};

type Standing = Pick<
  OrderRow,
  "id" | "status" | "reason" | "paymentStatus" | "fulfillmentStatus" | "version" | "updatedAt"
> &
  RowOf<typeof HOLDING>;

/**
 * @returns per move, in order, how the order stands afterwards; for a command that asks for what is not possible
 *   INVALID_STATE_TRANSITION (409), and BeyondAllowance for an order that may not begin to wait for its payment
 */
export async function moveOrders(
  db: Database,
  moves: readonly OrderMove[],
  { now, allowances }: { now: Date; allowances: Allowances },
): Promise<(OrderProgress | Error)[]> {
  return db.transaction(async (tx) => {
    const rows = await tx.query<Standing>(LOCK, [moves.map(({ order }) => order.id)]);
    const standing = new Map(rows.map((row) => [row.id, row]));
    const refused = await refuseWaiting(tx, moves, standing, allowances);
    const made: { move: OrderMove; row: Standing }[] = [];
    const answers = moves.map((move): OrderProgress | Error => {
      const before = standing.get(move.order.id) as Standing;
      const beyond = refused.get(move);
      if (beyond !== undefined) return beyond;
      const row = moved(before, move, now);
      if (row === undefined) return move.by === "drive" ? progressOf(before) : impossible(before, move);
      standing.set(row.id, row);
      made.push({ move, row });
      return progressOf(row);
    });
    if (made.length === 0) return answers;
    // An order that moved twice in this batch is written once, as it stands: one UPDATE takes one of two rows.
    const last = [...new Map(made.map((each) => [each.row.id, each])).values()];
    tx.send(MOVE, [
      last.map(({ row }) => row.id),
      last.map(({ row }) => row.status),
      last.map(({ row }) => row.reason),
      last.map(({ row }) => row.paymentStatus),
      last.map(({ row }) => row.fulfillmentStatus),
      last.map(({ move }) => move.wakeAt),
      last.map(({ row }) => row.version),
      now,
    ]);
    const steps = made.flatMap(({ move: { order, steps, trigger, reason } }) =>
      [...steps, { type: trigger, at: now, data: reason === null ? {} : { reason } }].map((step) => ({
        orderId: order.id,
        actorId: null,
        ...step,
      })),
    );
    appendHistory(tx, steps);
    rememberAnswers(
      tx,
      made.flatMap(({ move, row }) => (move.answers === null ? [] : [{ ...move.answers, response: progressOf(row) }])),
    );
    record(
      tx,
      made.map(({ move, row }) => turnEvent(move.order, move, row.version, now)),
    );
    return answers;
  });
}

/** Orders that begin to wait and would hold more than they may. Nearly always there is nothing to be asked. */
async function refuseWaiting(
  tx: Tx,
  moves: readonly OrderMove[],
  standing: ReadonlyMap<string, Standing>,
  allowances: Allowances,
): Promise<Map<OrderMove, BeyondAllowance>> {
  const waiting = moves.flatMap((move) => {
    const { status, heldBy, heldFrom, heldUnits } = standing.get(move.order.id) as Standing;
    const begins = move.trigger === "awaiting_payment" && ORDER_LIFE[status].awaiting_payment !== undefined;
    if (!begins || heldBy === null) return [];
    return [
      { move, hold: { customer: heldBy, units: heldUnits ?? 0, ...(heldFrom !== null && { network: heldFrom }) } },
    ];
  });
  if (waiting.length === 0) return new Map();
  const holds = waiting.map(({ hold }) => hold);
  const decided = decideHolds(holds, await readHeld(tx, holds), allowances);
  return new Map(waiting.flatMap(({ move }, i) => (decided[i] ? [[move, decided[i]] as const] : [])));
}

function moved(row: Standing, { trigger, reason, ...facts }: OrderMove, now: Date): Standing | undefined {
  const status = ORDER_LIFE[row.status][trigger];
  if (status === undefined) return undefined;
  const { paymentStatus = row.paymentStatus, fulfillmentStatus = row.fulfillmentStatus } = facts;
  return { ...row, status, reason, paymentStatus, fulfillmentStatus, version: row.version + 1, updatedAt: now };
}

const impossible = ({ status }: Standing, { trigger }: OrderMove): Error =>
  invalidStateTransition("The order", status, trigger, allowedFrom(status));
