// What is said to whoever stocks a SKU that the catalog does not know. It is taken all the same: stock may come before its product.
import type { Statement, Tx } from "../../database/database.ts";
import { KNOWS_CATALOG } from "./follow-catalog.ts";
import type { StockWarning } from "./inventory.contract.ts";

// While the catalog's history is still being read nobody is warned of what may only not have come yet.
const UNKNOWN: Statement = {
  name: "catalog_skus_unknown",
  text: `select asked.sku, (
      select min(known.sku) from catalog_skus known where spelling = spelling_of(asked.sku) and spelling <> ''
    ) as alike
    from unnest($1::text[]) as asked (sku)
    where ${KNOWS_CATALOG} and not exists (select from catalog_skus known where known.sku = asked.sku)`,
};

/** @returns by SKU, for those that deserve one */
export async function warningsOf(tx: Tx, skus: readonly string[]): Promise<ReadonlyMap<string, StockWarning>> {
  const rows = await tx.query<{ sku: string; alike: string | null }>(UNKNOWN, [skus]);
  return new Map(rows.map(({ sku, alike }) => [sku, unknownSku(sku, alike)]));
}

const unknownSku = (sku: string, alike: string | null): StockWarning => ({
  code: "unknown_sku",
  message: `The catalog knows no SKU ${sku}${alike === null ? "" : `; it knows ${alike}`}`,
  alike,
});
