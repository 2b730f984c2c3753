// Writes new and changed products, their variants and their events: a handful of statements however many they are.
// The version is compared in the write itself, so that a change made from an old state never lands.

import type { Statement, Tx } from "../../database/database.ts";
import { violatedConstraint } from "../../database/postgres-errors.ts";
import { record } from "../../events/outbox/record.ts";
import { eventsOf, factsOf, type Occasion } from "./product-events.ts";
import { type ProductChange, sameVariant } from "./product-state.ts";
import { learnWords, SEARCH, searchColumns, wordColumns } from "./search-column.ts";

/** Somebody else changed one of the products since it was read. */
export class StaleStateError extends Error {}

// Sorted, so that two transactions that make the same slugs wait for each other in one order.
// lowest_price is what the release before sorts by.
const SAVE: Statement = {
  name: "products_save",
  text: `with ${learnWords("$15::text[]", "$16::text[]")}
    insert into products (id, slug, title, description, status, lowest_price, version, created_at, updated_at, events,
      search, searched)
    select id, slug, title, description, status, lowest_price, version, created_at, updated_at, events, ${SEARCH}, version
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::int[], $8::timestamptz[],
      $9::timestamptz[], $10::int[], $11::text[], $12::text[], $13::text[], $14::text[]) as product (id, slug, title,
      description, status, lowest_price, version, created_at, updated_at, events, in_title, in_names, in_body, skus)
    order by slug
    on conflict (id) do update set slug = excluded.slug, title = excluded.title, description = excluded.description,
      status = excluded.status, lowest_price = excluded.lowest_price, version = excluded.version,
      updated_at = excluded.updated_at, search = excluded.search, searched = excluded.searched,
      events = coalesce(products.events, products.version) + excluded.events
    where products.version = excluded.version - 1
    returning id, events`,
};
const SAVE_VARIANTS: Statement = {
  name: "variants_save",
  text: `insert into variants (id, product_id, sku, title, amount, currency, position)
    select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::int[])
      as variant (id, product_id, sku, title, amount, currency, position)
    order by sku
    on conflict (id) do update set title = excluded.title, amount = excluded.amount, currency = excluded.currency,
      position = excluded.position`,
};
const REMOVE_VARIANTS: Statement = {
  name: "variants_remove",
  text: `delete from variants where id = any($1::uuid[])`,
};

/** Which unique name a failed write ran into. */
export function nameClash(error: unknown): "slug" | "sku" | null {
  const constraint = violatedConstraint(error);
  if (constraint === "products_slug_key") return "slug";
  return constraint === "variants_sku_key" ? "sku" : null;
}

/**
 * @throws StaleStateError when a product is no longer at the version of its `before`; see also `nameClash`
 */
export async function saveProducts(tx: Tx, changes: readonly ProductChange[], occasion: Occasion): Promise<void> {
  if (changes.length === 0) return;
  const after = changes.map((change) => change.after);
  const facts = new Map(changes.map((change) => [change.after.id, factsOf(change)]));
  const saved = await tx.query<{ id: string; events: number }>(SAVE, [
    after.map((product) => product.id),
    after.map((product) => product.slug),
    after.map((product) => product.title),
    after.map((product) => product.description),
    after.map((product) => product.status),
    after.map((product) => Math.min(...product.variants.map((variant) => variant.amount))),
    after.map((product) => product.version),
    after.map((product) => product.createdAt),
    after.map((product) => product.updatedAt),
    after.map((product) => facts.get(product.id)?.length),
    ...searchColumns(after),
    ...wordColumns(after),
  ]);
  if (saved.length < changes.length) throw new StaleStateError("a product has changed since it was read");
  saveVariants(tx, changes);
  record(
    tx,
    saved.flatMap(({ id, events }) => eventsOf(facts.get(id) ?? [], id, events, occasion)),
  );
}

function saveVariants(tx: Tx, changes: readonly ProductChange[]): void {
  const gone = changes.flatMap(({ before, after }) => {
    const kept = new Set(after.variants.map((variant) => variant.id));
    return before?.variants.filter((variant) => !kept.has(variant.id)) ?? [];
  });
  if (gone.length > 0) tx.send(REMOVE_VARIANTS, [gone.map((variant) => variant.id)]);

  const rows = changes.flatMap(({ before, after }) =>
    after.variants
      .map((variant, position) => ({ ...variant, productId: after.id, position }))
      .filter((row) => !sameVariant(row, before?.variants[row.position])),
  );
  if (rows.length === 0) return;
  tx.send(SAVE_VARIANTS, [
    rows.map((row) => row.id),
    rows.map((row) => row.productId),
    rows.map((row) => row.sku),
    rows.map((row) => row.title),
    rows.map((row) => row.amount),
    rows.map((row) => row.currency),
    rows.map((row) => row.position),
  ]);
}
