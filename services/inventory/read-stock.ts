// Plain reads of levels and of the ledger.
import { Op } from "sequelize";
import { DEFAULT_LIMIT, type Page, pageOf, readCursor } from "../../contract/page.ts";
import type { Database, Statement } from "../../database/database.ts";
import type { PlainReads } from "../../mixins/plain-reads.ts";
import { unknownStockItem } from "./errors.ts";
import { KNOWS_CATALOG } from "./follow-catalog.ts";
import type { StockLevel } from "./inventory.contract.ts";
import type { InventoryModels, StockMovementRow, StoredLevel } from "./inventory.model.ts";
import { stockStepOf } from "./stock-steps.ts";

export interface Paging {
  limit?: number;
  after?: string;
}

/** @throws UNKNOWN_STOCK_ITEM (404) */
export async function readLevel(levels: PlainReads<StoredLevel>, sku: string): Promise<StockLevel> {
  const level = await levels.byKey(sku);
  if (level === null) throw unknownStockItem(sku);
  return presentLevel(level);
}

/** By SKU. */
export const listLevels = (levels: PlainReads<StoredLevel>, paging: Paging): Promise<Page<StockLevel>> =>
  levels.page(paging, {}, presentLevel);

export async function listMovements(
  { StockMovement }: InventoryModels,
  { limit = DEFAULT_LIMIT, after, filter = {} }: Paging & { filter?: { sku?: string; orderId?: string } },
) {
  const [id] = after === undefined ? [] : readCursor(after, ["integer"]);
  const rows = await StockMovement.findAll({
    raw: true,
    where: { ...filter, ...(id === undefined ? {} : { id: { [Op.lt]: String(id) } }) },
    order: [["id", "DESC"]],
    limit: limit + 1,
  });
  return pageOf(rows, limit, (row) => [Number(row.id)], presentMovement);
}

// A SKU that the catalog does not have is not sold. While its history is still being read, right after a release that reads it
// for the first time, one that has not been told of yet may be, and is answered by its stock alone.
const AVAILABILITY: Statement = {
  name: "stock_availability",
  text: `select asked.sku, coalesce(on_hand - reserved, 0) as available, coalesce(told.sold, not ${KNOWS_CATALOG}) as sold
    from unnest($1::text[]) with ordinality as asked (sku, place)
    left join stock_levels on stock_levels.sku = asked.sku
    left join lateral (
      select bool_or(sold) as sold from catalog_skus join catalog_products using (product_id)
      where catalog_skus.sku = asked.sku
    ) told on true
    order by place`,
};

/** Steps, because the public need not know exact numbers: one per SKU, in the order asked; UNAVAILABLE is what is not sold. */
export async function readAvailability(db: Database, skus: readonly string[]) {
  const rows = await db.query<{ sku: string; available: number; sold: boolean }>(AVAILABILITY, [skus]);
  return {
    data: rows.map(({ sku, available, sold }) => ({
      sku,
      availability: sold ? stockStepOf(available) : ("UNAVAILABLE" as const),
    })),
  };
}

const presentLevel = ({ sku, onHand, reserved }: StoredLevel): StockLevel => ({
  sku,
  onHand,
  reserved,
  available: onHand - reserved,
});

const presentMovement = ({ id, at, ...row }: StockMovementRow) => ({
  id: Number(id),
  sku: row.sku,
  type: row.type,
  onHandDelta: row.onHandDelta,
  reservedDelta: row.reservedDelta,
  orderId: row.orderId,
  reason: row.reason,
  actorId: row.actorId,
  at: at.toISOString(),
});
