// Plain reads of levels and of the ledger.
import { Op } from "sequelize";
import { DEFAULT_LIMIT, type Page, pageOf, readCursor } from "../../contract/page.ts";
import type { PlainReads } from "../../mixins/plain-reads.ts";
import { unknownStockItem } from "./errors.ts";
import type { StockLevel } from "./inventory.contract.ts";
import type { InventoryModels, StockMovementRow, StoredLevel } from "./inventory.model.ts";
import { availabilityOf } from "./stock-crossings.ts";

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

/** Steps, because the public need not know exact numbers: one per SKU, in the order asked; an unknown SKU is OUT. */
export async function readAvailability({ StockLevel }: InventoryModels, skus: readonly string[]) {
  const rows = await StockLevel.findAll({ raw: true, where: { sku: [...skus] } });
  const available = new Map(rows.map((row) => [row.sku, row.onHand - row.reserved]));
  return { data: skus.map((sku) => ({ sku, availability: availabilityOf(available.get(sku) ?? 0) })) };
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
