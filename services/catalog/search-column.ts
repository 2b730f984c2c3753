// The column `search` of a product, and the words that a misspelt question is compared with. Whoever writes the one writes the
// other. Weights: A the title, B what its variants are called, C its description; each SKU is a lexeme of its own besides.
import type { ProductState } from "./product-state.ts";
import { type Spelling, searchText, skuLexeme, spellingsOf } from "./search-words.ts";

// Both ways of reading a word are indexed: as it stands, for SKUs and for beginnings of words, and by its English stem.
const read = (column: string) => `to_tsvector('simple', ${column}) || to_tsvector('english', ${column})`;

/** The value of `search`, made from columns `in_title`, `in_names`, `in_body` and `skus`. */
export const SEARCH = `setweight(${read("in_title")}, 'A') || setweight(${read("in_names")}, 'B')
        || setweight(${read("in_body")}, 'C') || array_to_tsvector(string_to_array(skus, ' '))`;

/** The texts that `search` is made from, a column each. */
export const searchColumns = (products: readonly ProductState[]): string[][] => [
  products.map(({ title }) => searchText(title)),
  products.map(({ variants }) => searchText(...variants.flatMap(({ sku, title }) => [sku, title ?? ""]))),
  products.map(({ description }) => searchText(description ?? "")),
  products.map(({ variants }) => variants.map(({ sku }) => skuLexeme(sku)).join(" ")),
];

/**
 * Learns words, as a part of a statement that begins with `with`. Sorted, so that two transactions wait for each other in one
 * order. Words are never forgotten: one that nothing has any more finds nothing.
 */
export const learnWords = (words: string, spelled: string): string => `learned as (
    insert into search_words (word, spelled) select * from unnest(${words}, ${spelled}) as known (word, spelled) order by word
    on conflict do nothing)`;

/** The two columns of `learnWords`. */
export function wordColumns(products: readonly ProductState[]): string[][] {
  const texts = products.flatMap(({ title, description, variants }) => [
    title,
    description ?? "",
    ...variants.flatMap((variant) => variant.title ?? []),
  ]);
  const known: Spelling[] = spellingsOf(...texts);
  return [known.map(({ word }) => word), known.map(({ spelled }) => spelled)];
}
