// An order exists, PENDING, before any money moves. The order, its lines, its history, the client's idempotency key and the
// event are one transaction, for any number of orders. The key holds the order until its first answer is remembered.

import { insertInto } from "../../../database/columns.ts";
import type { Database, Tx } from "../../../database/database.ts";
import { type ClaimOutcome, claimKeys } from "../../../database/idempotency.ts";
import { record } from "../../../events/outbox/record.ts";
import { createdEvent } from "../order-events.ts";
import { appendHistory } from "../order-history.ts";
import { newlyCreated, type OrderRecord, rowOf } from "../order-record.ts";
import { CREATED, HOLDING, LINES, PROGRESS, WAKING } from "../orders.model.ts";
import type { Hold } from "../paying/allowances.ts";

export interface NewOrder {
  order: OrderRecord;
  actorId: string | null;
  idempotency: { scope: string; key: string; fingerprint: string };
  /** What it holds until it is paid; absent for staff, who are not bound. */
  hold?: Hold;
}

const insertOrders = insertInto("orders", { ...CREATED, ...PROGRESS, ...WAKING, ...HOLDING });
const insertLines = insertInto("order_lines", LINES);

/**
 * @param leaseUntil until when the caller drives the new orders itself
 * @returns per order, in order: `new` for one that was made, else what its idempotency key says
 * @throws what the database throws, a reference that is taken among it; then nothing of the batch has happened
 */
export async function createOrders(
  db: Database,
  wanted: readonly NewOrder[],
  { now, leaseUntil }: { now: Date; leaseUntil: Date },
): Promise<ClaimOutcome[]> {
  return db.transaction(async (tx) => {
    const claims = wanted.map(({ order, idempotency }) => ({ ...idempotency, resourceId: order.id }));
    const outcomes = await claimKeys(tx, claims, { now, lockedUntil: leaseUntil });
    const fresh = wanted.filter((_, i) => outcomes[i]?.kind === "new");
    if (fresh.length > 0) insert(tx, fresh, leaseUntil);
    return outcomes;
  });
}

function insert(tx: Tx, fresh: readonly NewOrder[], wakeAt: Date): void {
  const orders = fresh.map(({ order }) => order);
  tx.send(
    ...insertOrders(
      fresh.map(({ order, hold }) => ({ ...rowOf(order), ...firstProgress(order), ...holding(hold), wakeAt })),
    ),
  );
  tx.send(
    ...insertLines(
      orders.flatMap(({ id: orderId, lines }) => lines.map((line, position) => ({ orderId, position, ...line }))),
    ),
  );
  appendHistory(
    tx,
    fresh.map(({ order: { id: orderId, total, currency, createdAt: at }, actorId }) => ({
      ...{ orderId, actorId, at },
      type: "created",
      data: { total, currency },
    })),
  );
  record(tx, orders.map(createdEvent));
}

const holding = (hold: Hold | undefined) => ({
  heldBy: hold?.customer ?? null,
  heldFrom: hold?.network ?? null,
  heldUnits: hold?.units ?? null,
});

function firstProgress(order: OrderRecord) {
  const { paymentStatus = null, fulfillmentStatus = null, ...progress } = newlyCreated(order);
  return { ...progress, paymentStatus, fulfillmentStatus, updatedAt: order.createdAt };
}
