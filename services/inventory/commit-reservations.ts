// A committed hold no longer expires. Committing twice is once; committing what expired says so, and changes nothing.

import type { Origin } from "../../contract/events/domain-event.ts";
import type { Database, Statement } from "../../database/database.ts";
import { record } from "../../events/outbox/record.ts";
import { progressed } from "./reservation-events.ts";
import { type ReservationState, statesBefore } from "./reservation-states.ts";

export interface CommitRequest {
  orderId: string;
  origin: Origin;
}

export interface CommitAnswer {
  status: "COMMITTED" | "EXPIRED";
}

const LOCK: Statement = {
  name: "reservation_lock_for_commit",
  text: `select order_id as "orderId", status, version, expires_at as "expiresAt" from reservations
    where order_id = any($1::uuid[]) order by order_id for update`,
};
const COMMIT: Statement = {
  name: "reservation_commit",
  text: `update reservations set status = 'COMMITTED', version = version + 1, updated_at = $2
    where order_id = any($1::uuid[])`,
};

interface Row {
  orderId: string;
  status: ReservationState;
  version: number;
  expiresAt: Date;
}

/** @returns per request, in order: EXPIRED also for a hold whose time is up but that nobody has swept yet */
export async function commitReservations(
  db: Database,
  requests: readonly CommitRequest[],
  now: Date,
): Promise<CommitAnswer[]> {
  const origins = new Map(requests.map(({ orderId, origin }) => [orderId, origin]));
  return db.transaction(async (tx) => {
    const rows = await tx.query<Row>(LOCK, [[...origins.keys()]]);
    const open = rows.filter((row) => statesBefore("commit").includes(row.status) && row.expiresAt > now);
    if (open.length > 0) {
      tx.send(COMMIT, [open.map((row) => row.orderId), now]);
      record(
        tx,
        open.map(({ orderId, version }) =>
          progressed("inventory.reservation_committed", orderId, {
            version: version + 1,
            now,
            origin: origins.get(orderId),
          }),
        ),
      );
    }
    const committed = new Set([...open, ...rows.filter((row) => row.status === "COMMITTED")].map((row) => row.orderId));
    return requests.map(({ orderId }) => ({ status: committed.has(orderId) ? "COMMITTED" : "EXPIRED" }));
  });
}
