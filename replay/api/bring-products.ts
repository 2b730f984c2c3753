import { createHash } from "node:crypto";
import type { ProductFacts } from "../file/survey-invoices.ts";
import type { Reporter } from "../reporter.ts";
import type { ApiClient } from "./api-client.ts";

type ImportResult = { accepted: number; rejected: number; errors: { row: number; code: string; message: string }[] };

const ITEMS_PER_IMPORT = 500;

/** Creates or updates a product per stock code. A refused one is reported; its orders will say so again. */
export async function bringProducts(api: ApiClient, products: ProductFacts[], reporter: Reporter): Promise<void> {
  for (let done = 0; done < products.length; done += ITEMS_PER_IMPORT) {
    reporter.progress(`products: ${done} of ${products.length}`);
    const items = products.slice(done, done + ITEMS_PER_IMPORT).map(importItem);
    const { body } = await api.post<ImportResult>("/v1/product-imports", { items });
    for (const { row, code, message } of body.errors) {
      reporter.note(`product import, item ${row} of those from ${items[0]?.variants[0]?.sku} on: ${code}: ${message}`);
    }
  }
}

/**
 * The same slug for a stock code in every run. Codes may differ by case or by a sign that a slug cannot hold, so any
 * code but plain capitals and digits carries a digest of itself.
 */
export function productSlug(sku: string): string {
  const plain = sku
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  if (/^[A-Z0-9]+$/.test(sku)) return `online-retail-${plain}`;
  const digest = createHash("sha256").update(sku).digest("hex").slice(0, 8);
  return ["online-retail", plain, digest].filter(Boolean).join("-");
}

function importItem({ sku, title, listPrice }: ProductFacts) {
  return {
    slug: productSlug(sku),
    title,
    variants: [{ sku, price: { amount: listPrice, currency: "GBP" } }],
  };
}
