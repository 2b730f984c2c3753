// What the world is told of a change. One change of the version may be several facts; the events of a product are counted by
// themselves.
import type { Origin } from "../../contract/events/domain-event.ts";
import type { EventData, EventOf } from "../../contract/events/events.ts";
import { type ProductChange, type ProductState, present } from "./product-state.ts";

export interface Occasion {
  now: Date;
  origin: Origin;
}

type Name =
  | "catalog.product_created"
  | "catalog.product_updated"
  | "catalog.price_changed"
  | "catalog.product_archived";
type FactOf<N extends Name> = N extends Name ? { type: N; data: EventData<N> } : never;
type Fact = FactOf<Name>;

export function factsOf({ before, after }: ProductChange): Fact[] {
  if (before === null) return [{ type: "catalog.product_created", data: { product: present(after) } }];
  const facts: Fact[] = [{ type: "catalog.product_updated", data: { product: present(after) } }];
  const changes = priceChanges(before, after);
  if (changes.length > 0) facts.push({ type: "catalog.price_changed", data: { productId: after.id, changes } });
  if (after.status === "ARCHIVED" && before.status !== "ARCHIVED") {
    facts.push({ type: "catalog.product_archived", data: { productId: after.id, slug: after.slug } });
  }
  return facts;
}

/** @param counted the events of the product so far, these facts included */
export const eventsOf = (facts: readonly Fact[], productId: string, counted: number, { now, origin }: Occasion) =>
  facts.map(
    (fact, i): EventOf<Name> => ({
      ...fact,
      aggregateId: productId,
      aggregateVersion: counted - facts.length + 1 + i,
      occurredAt: now,
      origin,
    }),
  );

function priceChanges(before: ProductState, after: ProductState) {
  const known = new Map(before.variants.map(({ sku, amount, currency }) => [sku, { amount, currency }]));
  return after.variants.flatMap(({ sku, amount, currency }) => {
    const old = known.get(sku);
    if (old === undefined || (old.amount === amount && old.currency === currency)) return [];
    return [{ sku, before: old, after: { amount, currency } }];
  });
}
