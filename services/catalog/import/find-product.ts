// Which product an item of an import means: by its slug, or else by what it says of itself, its SKUs and its title. Where that may be
// two products it is none: a price or a title on the wrong one is worse than a row that comes back. Pure.
import type { ImportItem } from "../catalog.contract.ts";
import type { ProductState } from "../product-state.ts";
import type { Notice } from "./check-items.ts";

/** Products as they are before the import, to be found by what items say. */
export interface Known {
  bySlug: ReadonlyMap<string, ProductState>;
  bySku: ReadonlyMap<string, ProductState>;
  byTitle: ReadonlyMap<string, readonly ProductState[]>;
}

/** What other items mean: an import says one thing of one product. */
export interface Meant {
  /** Of products of earlier items. */
  ids: ReadonlySet<string>;
  /** That those products had before. */
  titles: ReadonlySet<string>;
  /** Title -> slug, of all items that name a slug. */
  namedSlugs: ReadonlyMap<string, string>;
}

/** The product, undefined where the item is a new one; or why neither can be said. */
export type Found = { product: ProductState | undefined } | { problem: Omit<Notice, "row"> };

export function knownBy(products: readonly ProductState[]): Known {
  return {
    bySlug: new Map(products.map((product) => [product.slug, product])),
    bySku: new Map(products.flatMap((product) => product.variants.map(({ sku }) => [sku, product] as const))),
    byTitle: Map.groupBy(products, ({ title }) => title),
  };
}

export function findProduct(item: ImportItem, known: Known, meant: Meant): Found {
  const found = item.slug === undefined ? withoutSlug(item, known, meant) : bySlug(item, item.slug, known);
  if ("problem" in found || found.product === undefined || !meant.ids.has(found.product.id)) return found;
  return problem("duplicate_in_import", `The product ${found.product.slug} is there twice`);
}

function bySlug({ variants }: ImportItem, slug: string, known: Known): Found {
  const product = known.bySlug.get(slug);
  const foreign = variants.find(({ sku }) => known.bySku.has(sku) && known.bySku.get(sku) !== product);
  return foreign ? taken(foreign.sku, known) : { product };
}

function withoutSlug(item: ImportItem, known: Known, meant: Meant): Found {
  const owners = new Set(item.variants.flatMap(({ sku }) => known.bySku.get(sku) ?? []));
  const [owner, another] = owners;
  if (owner !== undefined && another !== undefined) {
    return problem("sku_taken", `The SKUs belong to two products, ${owner.slug} and ${another.slug}`);
  }
  return owner ? byOwner(item, owner, known, meant) : byTitle(item, known, meant);
}

function byOwner({ title, variants }: ImportItem, owner: ProductState, known: Known, meant: Meant): Found {
  if (owner.title === title || meant.ids.has(owner.id)) return { product: owner };
  const [titled] = known.byTitle.get(title) ?? [];
  if (titled !== undefined || meant.titles.has(title)) {
    const other = titled ? `the product ${titled.slug}` : "another product";
    return problem(
      "ambiguous_product",
      `The SKUs are of the product ${owner.slug}, but the title is that of ${other}: name the slug of the one that is meant`,
    );
  }
  const own = variants.find(({ sku }) => known.bySku.has(sku));
  // All of them: then the product has a new title. A part: then it may as well be a new product with a wrong SKU in it.
  return variants.every(({ sku }) => known.bySku.has(sku)) ? { product: owner } : taken(own?.sku ?? "", known);
}

function byTitle({ title }: ImportItem, known: Known, meant: Meant): Found {
  const named = meant.namedSlugs.get(title);
  if (named !== undefined) {
    return problem(
      "ambiguous_product",
      `This is also the title of the product ${named}, named elsewhere: name the slug here too`,
    );
  }
  if (meant.titles.has(title)) {
    return problem("duplicate_in_import", `The product with the title ${title} is there twice`);
  }
  const [first, second] = known.byTitle.get(title)?.filter(({ id }) => !meant.ids.has(id)) ?? [];
  if (second === undefined) return { product: first };
  return problem(
    "ambiguous_product",
    `The products ${first?.slug} and ${second.slug} both have this title: name the slug of the one that is meant`,
  );
}

const taken = (sku: string, known: Known): Found =>
  problem("sku_taken", `The SKU ${sku} belongs to the product ${known.bySku.get(sku)?.slug}`);

const problem = (code: string, message: string): Found => ({ problem: { code, message } });
