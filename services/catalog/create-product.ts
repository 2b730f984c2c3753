// One new product. An Idempotency-Key, where there is one, is remembered in the transaction that makes the product.
import { idempotencyKeyReused } from "../../contract/refusals.ts";
import type { Database } from "../../database/database.ts";
import { claimKeys, type KeyClaim, rememberAnswers } from "../../database/idempotency.ts";
import type { ImportItem, Product } from "./catalog.contract.ts";
import { slugFrom, slugWithEnd } from "./make-slug.ts";
import type { Occasion } from "./product-events.ts";
import { newProduct, type ProductState, present } from "./product-state.ts";
import { refuseClash, refuseDoubleSku } from "./refuse-change.ts";
import { nameClash, saveProducts } from "./save-products.ts";

export interface Created {
  product: Product;
  replayed: boolean;
}

/** @throws slug_taken, sku_taken (409), duplicate_sku, idempotency_key_reused (422) */
export async function createProduct(
  db: Database,
  input: ImportItem,
  key: Omit<KeyClaim, "resourceId"> | null,
  occasion: Occasion,
): Promise<Created> {
  refuseDoubleSku(input.variants);
  const product = newProduct(input, input.slug ?? slugFrom(input.title), occasion.now);
  try {
    return await store(db, product, key, occasion);
  } catch (error) {
    const clash = nameClash(error);
    if (clash === null) throw error;
    if (clash === "sku" || input.slug !== undefined) return refuseClash(db, clash, product);
    const renamed = { ...product, slug: slugWithEnd(product.slug) };
    return store(db, renamed, key, occasion).catch((again) => refuseClash(db, nameClash(again), renamed, again));
  }
}

function store(
  db: Database,
  product: ProductState,
  key: Omit<KeyClaim, "resourceId"> | null,
  occasion: Occasion,
): Promise<Created> {
  return db.transaction(async (tx) => {
    if (key !== null) {
      const claim = { ...key, resourceId: product.id };
      const [outcome] = await claimKeys(tx, [claim], { now: occasion.now, lockedUntil: null });
      if (outcome?.kind === "done") return { product: outcome.response as Product, replayed: true };
      if (outcome?.kind !== "new") throw idempotencyKeyReused();
    }
    await saveProducts(tx, [{ before: null, after: product }], occasion);
    const answer = present(product);
    if (key !== null) rememberAnswers(tx, [{ ...key, response: answer }]);
    return { product: answer, replayed: false };
  });
}
