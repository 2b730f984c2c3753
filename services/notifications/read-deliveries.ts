// Plain reads, for staff.
import { type ModelStatic, Op } from "sequelize";
import { DEFAULT_LIMIT, type Page, pageOf, readCursor } from "../../contract/page.ts";
import type { DeliveryState } from "./delivery-kinds.ts";
import type { Delivery } from "./notifications.contract.ts";
import type { DeliveryRow } from "./notifications.model.ts";

export interface DeliveryQuery {
  limit?: number;
  after?: string;
  filter?: { orderId?: string; status?: DeliveryState };
}

/** Newest first. */
export async function listDeliveries(
  model: ModelStatic<DeliveryRow>,
  { limit = DEFAULT_LIMIT, after, filter = {} }: DeliveryQuery,
): Promise<Page<Delivery>> {
  const [id] = after === undefined ? [] : readCursor(after, ["uuid"]);
  const rows = await model.findAll({
    raw: true,
    where: { ...filter, ...(id === undefined ? {} : { id: { [Op.lt]: String(id) } }) },
    order: [["id", "DESC"]],
    limit: limit + 1,
  });
  return pageOf(rows, limit, (row) => [row.id], present);
}

const present = ({ createdAt, sentAt, ...row }: DeliveryRow): Delivery => ({
  ...row,
  createdAt: createdAt.toISOString(),
  sentAt: sentAt?.toISOString() ?? null,
});
