// The history of an order, which is only ever appended to. A drive that goes on after a wait or a crash asks its neighbours for
// everything again, and writes down again what it was told; the order's path has no time to look for that.
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

/**
 * Each step once, as it was told first. Identical is what has the same type, actor and data, whenever it was told again.
 * @param entries oldest first
 */
export function toldOnce<Entry extends Omit<HistoryEntry, "orderId">>(entries: readonly Entry[]): Entry[] {
  const told = new Set<string>();
  return entries.filter(({ type, actorId, data }) => {
    const step = JSON.stringify([type, actorId, data]);
    return !told.has(step) && told.add(step);
  });
}

const insert = insertInto("order_history", HISTORY);

export const appendHistory = (tx: Tx, entries: readonly HistoryEntry[]): void => tx.send(...insert(entries));
