// The history of an order, which is only ever appended to.
import { insertInto } from "../../database/columns.ts";
import type { Tx } from "../../database/database.ts";
import { HISTORY } from "./orders.model.ts";

/** Something that happened on an order's way. */
export interface TimelineStep {
  type: string;
  at: Date;
  data: Record<string, unknown>;
}

export type HistoryEntry = TimelineStep & { orderId: string; actorId: string | null };

const insert = insertInto("order_history", HISTORY);

export const appendHistory = (tx: Tx, entries: readonly HistoryEntry[]): void => tx.send(...insert(entries));
