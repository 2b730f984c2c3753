// Turns what is wrong with a product that staff wrote into the refusal that says so.
import type { Database, Statement } from "../../database/database.ts";
import type { VariantInput } from "./catalog.contract.ts";
import { duplicateSku, skuTaken, slugTaken } from "./errors.ts";
import { doubleSku } from "./product-state.ts";

const FIND_TAKEN: Statement = {
  name: "variants_find_taken",
  text: `select sku from variants where sku = any($1::text[]) and product_id <> $2 order by sku`,
};

/** @throws duplicate_sku (422) */
export function refuseDoubleSku(variants: readonly VariantInput[]): void {
  const sku = doubleSku(variants);
  if (sku !== undefined) throw duplicateSku(sku);
}

/** @throws slug_taken or sku_taken (409), naming what is taken; where no name clashed, the error that there was */
export async function refuseClash(
  db: Database,
  clash: "slug" | "sku" | null,
  product: { id: string; slug: string; variants: readonly { sku: string }[] },
  error?: unknown,
): Promise<never> {
  if (clash === null) throw error;
  if (clash === "slug") throw slugTaken(product.slug);
  const skus = product.variants.map((variant) => variant.sku);
  const taken = await db.query<{ sku: string }>(FIND_TAKEN, [skus, product.id]);
  throw skuTaken(taken.map((row) => row.sku));
}
