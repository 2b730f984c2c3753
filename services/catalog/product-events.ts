// What the world is told of a change.
import type { DomainEvent } from "../../mixins/outbox/record.ts";
import { type ProductChange, type ProductState, present } from "./product-state.ts";

export interface Occasion {
  now: Date;
  /** The request that it all began with. */
  correlationId: string | null;
}

export function eventsOf({ before, after }: ProductChange, { now, correlationId }: Occasion): DomainEvent[] {
  const event = (type: string, data: Record<string, unknown>): DomainEvent => ({
    type: `catalog.${type}`,
    aggregateId: after.id,
    aggregateVersion: after.version,
    data,
    occurredAt: now,
    correlationId,
  });
  if (before === null) return [event("product_created", { product: present(after) })];
  const archived = after.status === "ARCHIVED" && before.status !== "ARCHIVED";
  const prices = priceChanges(before, after);
  return [
    event("product_updated", { product: present(after) }),
    ...(prices.length > 0 ? [event("price_changed", { productId: after.id, changes: prices })] : []),
    ...(archived ? [event("product_archived", { productId: after.id, slug: after.slug })] : []),
  ];
}

function priceChanges(before: ProductState, after: ProductState) {
  const known = new Map(before.variants.map(({ sku, amount, currency }) => [sku, { amount, currency }]));
  return after.variants.flatMap(({ sku, amount, currency }) => {
    const old = known.get(sku);
    if (old === undefined || (old.amount === amount && old.currency === currency)) return [];
    return [{ sku, before: old, after: { amount, currency } }];
  });
}
