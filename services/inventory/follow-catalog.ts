// What the catalog tells of its products: which SKUs it knows and which of them are sold. A product's newest event says all of it,
// so an event that comes twice or late, from a replay of what was parked, changes nothing.
import type { Statement, Tx } from "../../database/database.ts";
import { caughtUp } from "../../events/caught-up.ts";
import type { ReceivedOf } from "../../events/subscription.ts";

export type ProductTold = ReceivedOf<"catalog.product_created" | "catalog.product_updated">;

/** Who applies them, and remembers which were. */
export const CATALOG_GROUP = "inventory-catalog";

/** For a statement: whether a SKU that nothing is known of is one that the catalog does not have, or has only not told of yet. */
export const KNOWS_CATALOG = caughtUp(CATALOG_GROUP);

const SAVE: Statement = {
  name: "catalog_products_save",
  text: `insert into catalog_products as known (product_id, version, sold)
    select * from unnest($1::uuid[], $2::int[], $3::boolean[]) as told (product_id, version, sold) order by product_id
    on conflict (product_id) do update set version = excluded.version, sold = excluded.sold
      where excluded.version > known.version
    returning product_id as "productId"`,
};
const FORGET_SKUS: Statement = {
  name: "catalog_skus_forget",
  text: `delete from catalog_skus where product_id = any($1::uuid[])
    and (sku, product_id) not in (select * from unnest($2::text[], $3::uuid[]))`,
};
const SAVE_SKUS: Statement = {
  name: "catalog_skus_save",
  text: `insert into catalog_skus (sku, product_id) select * from unnest($1::text[], $2::uuid[])
    on conflict (sku, product_id) do nothing`,
};

export async function followCatalog(tx: Tx, events: readonly ProductTold[]): Promise<void> {
  const newest = new Map<string, ProductTold>();
  for (const event of events) {
    const { aggregateId: id, aggregateVersion } = event;
    if (aggregateVersion > (newest.get(id)?.aggregateVersion ?? 0)) newest.set(id, event);
  }
  const told = [...newest.values()];
  const saved = await tx.query<{ productId: string }>(SAVE, [
    told.map(({ aggregateId }) => aggregateId),
    told.map(({ aggregateVersion }) => aggregateVersion),
    told.map(({ data }) => data.product.status === "ACTIVE"),
  ]);
  if (saved.length === 0) return;
  const productIds = saved.map(({ productId }) => productId);
  const skus = productIds.flatMap((productId) =>
    (newest.get(productId) as ProductTold).data.product.variants.map(({ sku }) => ({ sku, productId })),
  );
  const rows = [skus.map(({ sku }) => sku), skus.map(({ productId }) => productId)];
  tx.send(FORGET_SKUS, [productIds, ...rows]);
  tx.send(SAVE_SKUS, rows);
}
