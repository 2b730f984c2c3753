// Which product each item of an import means, and what it makes of it. Pure.
import { MAX_VARIANTS } from "../catalog.contract.ts";
import { slugFrom, slugWithEnd } from "../make-slug.ts";
import { mergeItem, newProduct, type ProductChange, type ProductState } from "../product-state.ts";
import type { Candidate, RowError } from "./check-items.ts";

/** What the items before have taken: an import says one thing of one product. */
export interface Taken {
  /** Of products that earlier items meant. */
  ids: ReadonlySet<string>;
  /** Asked for by name anywhere in the import, so not to be made from a title. */
  slugs: ReadonlySet<string>;
}

export interface Resolution {
  /** Without the items that change nothing. */
  changes: ProductChange[];
  errors: RowError[];
  /** The products of all accepted items. */
  ids: string[];
}

/** @param known every product that has a slug or SKU of the items, or a slug that would be made for one */
export function resolveItems(
  candidates: readonly Candidate[],
  known: readonly ProductState[],
  taken: Taken,
  now: Date,
): Resolution {
  const bySlug = new Map(known.map((product) => [product.slug, product]));
  const ownerOf = new Map(known.flatMap((product) => product.variants.map(({ sku }) => [sku, product] as const)));
  const slugs = new Set([...taken.slugs, ...bySlug.keys()]);
  const ids = new Set(taken.ids);
  const resolution: Resolution = { changes: [], errors: [], ids: [] };
  for (const { row, item } of candidates) {
    const owners = item.variants.map(({ sku }) => ownerOf.get(sku));
    const before = item.slug === undefined ? soleOwner(owners) : bySlug.get(item.slug);
    const refuse = (code: string, message: string) => resolution.errors.push({ row, code, message });
    const foreign = owners.findIndex((owner) => owner !== undefined && owner !== before);
    if (foreign !== -1) {
      refuse("sku_taken", `The SKU ${item.variants[foreign]?.sku} belongs to the product ${owners[foreign]?.slug}`);
      continue;
    }
    if (before !== undefined && ids.has(before.id)) {
      refuse("duplicate_in_import", `The product ${before.slug} is there twice`);
      continue;
    }
    const after = before
      ? mergeItem(before, item, now)
      : newProduct(item, item.slug ?? freeSlug(item.title, slugs), now);
    if (after.variants.length > MAX_VARIANTS) {
      refuse("too_many_variants", `The product ${after.slug} would have more than ${MAX_VARIANTS} variants`);
      continue;
    }
    slugs.add(after.slug);
    ids.add(after.id);
    resolution.ids.push(after.id);
    if (after !== before) resolution.changes.push({ before: before ?? null, after });
  }
  return resolution;
}

/** The product that owns all of the SKUs. */
function soleOwner(owners: readonly (ProductState | undefined)[]): ProductState | undefined {
  return owners.every((owner) => owner === owners[0]) ? owners[0] : undefined;
}

function freeSlug(title: string, taken: ReadonlySet<string>): string {
  const base = slugFrom(title);
  return taken.has(base) ? slugWithEnd(base) : base;
}
