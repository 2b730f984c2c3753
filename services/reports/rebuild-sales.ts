// Building the report anew: from the first event on, as if none had ever come.
import type { Database, Statement, Tx } from "../../database/database.ts";
import { rewindGroup } from "../../events/rewind.ts";

/** Who applies the events, and remembers which were. */
export const SALES_GROUP = "reports-sales";

/** In the order in which those who read and those who apply take the tables. */
const CLEAR: Statement = { name: "sales_clear", text: "truncate sales_by_product, sales_by_country, sales_progress" };

export async function clearSales(tx: Tx): Promise<void> {
  tx.send(CLEAR);
}

/** Empties the report; the bridge then delivers everything again. */
export async function rebuildSales(db: Database): Promise<void> {
  await rewindGroup(db, SALES_GROUP, clearSales);
}
