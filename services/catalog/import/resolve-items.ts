// What each item of an import makes of the product that it means, or of none before it. Pure.
import { MAX_VARIANTS } from "../catalog.contract.ts";
import { slugFrom, slugWithEnd } from "../make-slug.ts";
import { mergeItem, newProduct, type ProductChange, type ProductState } from "../product-state.ts";
import type { Candidate, Notice } from "./check-items.ts";
import { findProduct, knownBy, type Meant } from "./find-product.ts";

/** What the items before have taken. */
export interface Taken extends Meant {
  /** Asked for by name anywhere in the import or made from a title before, so not to be made again. */
  slugs: ReadonlySet<string>;
}

/** An item that was accepted, and what became of its product. */
export interface Settled extends Candidate {
  /** Null for a new product. */
  before: ProductState | null;
  /** The very same as `before` where nothing changes. */
  after: ProductState;
}

export interface Resolution {
  settled: Settled[];
  errors: Notice[];
}

/** What has to be written: settled items without those that change nothing. */
export const changesOf = ({ settled }: Resolution): ProductChange[] =>
  settled.filter(({ before, after }) => before !== after);

/** @param products every one that has a slug or SKU of the items, the title of one without a slug, or a slug that would be made */
export function resolveItems(
  candidates: readonly Candidate[],
  products: readonly ProductState[],
  taken: Taken,
  now: Date,
): Resolution {
  const known = knownBy(products);
  const slugs = new Set([...taken.slugs, ...known.bySlug.keys()]);
  const meant = { ...taken, ids: new Set(taken.ids), titles: new Set(taken.titles) };
  const resolution: Resolution = { settled: [], errors: [] };
  for (const { row, item } of candidates) {
    const found = findProduct(item, known, meant);
    if ("problem" in found) {
      resolution.errors.push({ row, ...found.problem });
      continue;
    }
    const before = found.product ?? null;
    const after = before
      ? mergeItem(before, item, now)
      : newProduct(item, item.slug ?? freeSlug(item.title, slugs), now);
    if (after.variants.length > MAX_VARIANTS) {
      const message = `The product ${after.slug} would have more than ${MAX_VARIANTS} variants`;
      resolution.errors.push({ row, code: "too_many_variants", message });
      continue;
    }
    slugs.add(after.slug);
    meant.ids.add(after.id);
    if (before) meant.titles.add(before.title);
    resolution.settled.push({ row, item, before, after });
  }
  return resolution;
}

function freeSlug(title: string, taken: ReadonlySet<string>): string {
  const base = slugFrom(title);
  return taken.has(base) ? slugWithEnd(base) : base;
}
