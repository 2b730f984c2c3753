// A product as the service keeps it, and the rules of its change. Pure: the state before in, the state after out.
import { randomUUIDv7 } from "node:crypto";
import type { ImportItem, Product, ProductStatus, VariantInput } from "./catalog.contract.ts";

export interface VariantState {
  id: string;
  sku: string;
  /** Null where it is called as the product is. */
  title: string | null;
  amount: number;
  currency: string;
}

export interface ProductState {
  id: string;
  slug: string;
  title: string;
  description: string | null;
  status: ProductStatus;
  variants: VariantState[];
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export interface ProductChange {
  /** Null for a new product. */
  before: ProductState | null;
  after: ProductState;
}

export interface Patch {
  slug?: string;
  title?: string;
  description?: string | null;
  status?: ProductStatus;
  variants?: readonly VariantInput[];
}

/** A product that nobody has seen yet, at version 1. */
export function newProduct(input: Omit<ImportItem, "slug">, slug: string, now: Date): ProductState {
  return {
    id: randomUUIDv7(),
    slug,
    title: input.title,
    description: input.description || null,
    status: input.status ?? "ACTIVE",
    variants: input.variants.map((variant) => withInput(variant, undefined, input.title)),
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/** Merge patch: what is absent stays, a list is replaced as a whole. Variants keep their ids by SKU. */
export function patchProduct(before: ProductState, patch: Patch, now: Date): ProductState {
  const title = patch.title ?? before.title;
  const known = new Map(before.variants.map((variant) => [variant.sku, variant]));
  return revise(before, now, {
    slug: patch.slug ?? before.slug,
    title,
    description: patch.description === undefined ? before.description : patch.description || null,
    status: patch.status ?? before.status,
    variants: patch.variants?.map((variant) => withInput(variant, known.get(variant.sku), title)) ?? before.variants,
  });
}

/** An import adds and updates, it never takes away: variants that the item does not name stay. */
export function mergeItem(before: ProductState, item: ImportItem, now: Date): ProductState {
  const asked = new Map(item.variants.map((variant) => [variant.sku, variant]));
  const kept = before.variants.map((variant) => {
    const input = asked.get(variant.sku);
    if (input === undefined) return variant;
    return { ...withInput(input, variant, item.title), ...(input.title === undefined && { title: variant.title }) };
  });
  const known = new Set(before.variants.map((variant) => variant.sku));
  const added = item.variants.filter((variant) => !known.has(variant.sku));
  return revise(before, now, {
    title: item.title,
    description: item.description === undefined ? before.description : item.description || null,
    status: item.status ?? before.status,
    variants: [...kept, ...added.map((variant) => withInput(variant, undefined, item.title))],
  });
}

/** The state as others see it. */
export function present(state: ProductState): Product {
  return {
    id: state.id,
    slug: state.slug,
    title: state.title,
    description: state.description,
    status: state.status,
    variants: state.variants.map(({ id, sku, title, amount, currency }) => ({
      id,
      sku,
      title: title ?? state.title,
      price: { amount, currency },
    })),
    version: state.version,
    createdAt: state.createdAt.toISOString(),
    updatedAt: state.updatedAt.toISOString(),
  };
}

/** The SKU that is there twice, which the schema of a list of variants cannot say. */
export const doubleSku = (variants: readonly VariantInput[]): string | undefined =>
  variants.find(({ sku }, i) => variants.findIndex((other) => other.sku === sku) < i)?.sku;

/** The same state, to the very object, when nothing differs: no new version, no event. */
function revise(before: ProductState, now: Date, content: Partial<ProductState>): ProductState {
  const draft = { ...before, ...content };
  return sameContent(before, draft) ? before : { ...draft, version: before.version + 1, updatedAt: now };
}

const sameContent = (one: ProductState, other: ProductState): boolean =>
  one.slug === other.slug &&
  one.title === other.title &&
  one.description === other.description &&
  one.status === other.status &&
  one.variants.length === other.variants.length &&
  one.variants.every((variant, i) => sameVariant(variant, other.variants[i]));

export const sameVariant = (one: VariantState, other: VariantState | undefined): boolean =>
  one.id === other?.id && one.title === other.title && one.amount === other.amount && one.currency === other.currency;

function withInput(input: VariantInput, known: VariantState | undefined, productTitle: string): VariantState {
  return {
    id: known?.id ?? randomUUIDv7(),
    sku: input.sku,
    // A reader is shown the product's title; sent back, it must not become the variant's own.
    title: input.title === undefined || input.title === productTitle ? null : input.title,
    amount: input.price.amount,
    currency: input.price.currency,
  };
}
