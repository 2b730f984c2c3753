// Plain reads, for staff.
import type { Page } from "../../contract/page.ts";
import type { PlainReads } from "../../mixins/plain-reads.ts";
import type { DeliveryState } from "./delivery-kinds.ts";
import type { Delivery } from "./notifications.contract.ts";
import type { StoredDelivery } from "./notifications.model.ts";

export interface DeliveryQuery {
  limit?: number;
  after?: string;
  filter?: { orderId?: string; status?: DeliveryState };
}

/** Newest first. */
export const listDeliveries = (
  deliveries: PlainReads<StoredDelivery>,
  { filter = {}, ...paging }: DeliveryQuery,
): Promise<Page<Delivery>> => deliveries.page(paging, filter, present);

const present = ({ createdAt, sentAt, ...row }: StoredDelivery): Delivery => ({
  ...row,
  createdAt: createdAt.toISOString(),
  sentAt: sentAt?.toISOString() ?? null,
});
