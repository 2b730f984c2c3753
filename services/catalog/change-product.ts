// Changes one product, if it still is what its editor saw.
import { type IfVersion, isWantedVersion } from "../../contract/versions.ts";
import type { Database } from "../../database/database.ts";
import type { Product } from "./catalog.contract.ts";
import { productNotFound, versionMismatch } from "./errors.ts";
import { lockProduct } from "./load-products.ts";
import type { Occasion } from "./product-events.ts";
import { type Patch, patchProduct, present } from "./product-state.ts";
import { refuseClash, refuseDoubleSku } from "./refuse-change.ts";
import { nameClash, saveProducts } from "./save-products.ts";

/**
 * A patch that changes nothing leaves the version as it is.
 * @param ifVersion what the editor saw
 * @throws product_not_found (404), version_mismatch (412), slug_taken, sku_taken (409), duplicate_sku (422)
 */
export async function changeProduct(
  db: Database,
  { id, ifVersion }: { id: string; ifVersion: IfVersion },
  patch: Patch,
  occasion: Occasion,
): Promise<Product> {
  if (patch.variants) refuseDoubleSku(patch.variants);
  const wanted = { id, slug: patch.slug ?? "", variants: patch.variants ?? [] };
  try {
    return await db.transaction(async (tx) => {
      const before = await lockProduct(tx, id);
      if (before === undefined) throw productNotFound();
      if (!isWantedVersion(ifVersion, before.version)) throw versionMismatch(before.version);
      const after = patchProduct(before, patch, occasion.now);
      if (after !== before) await saveProducts(tx, [{ before, after }], occasion);
      return present(after);
    });
  } catch (error) {
    return refuseClash(db, nameClash(error), wanted, error);
  }
}
