// The SQL of a page of products. A condition that an index can answer stands in the statement only when it is asked for, so that the
// index is used even by a plan that was made once for all values. The others stand there always, or there would be a thousand
// statements to keep prepared.
// A plan may also have been made while the tables were empty. So what is asked of a product's own variants is written in a way
// that no index but that of the product can answer: the one by price would be walked from its beginning for each product.
import { hash } from "node:crypto";
import type { Statement } from "../../database/database.ts";
import type { ProductStatus, Sort } from "./catalog.contract.ts";
import { STATE_COLUMNS } from "./load-products.ts";
import { skuLexeme, type Term, tsquery } from "./search-words.ts";

export interface Asked {
  sort: Sort;
  /** Null when nothing is searched for. */
  search: { terms: readonly Term[]; alike: boolean; question: string } | null;
  /** What may be seen; null for everything. */
  status: ProductStatus | null;
  sku: string | null;
  /** Needed where prices are compared. */
  currency: string | null;
  priceFrom: number | null;
  priceTo: number | null;
  /** The last row of the page before. */
  after: { key: string | number; id: string } | null;
  limit: number;
}

interface Order {
  /** The expression that is sorted by, as the index has it. */
  sorted: string;
  /** The product's id as that index has it: one of another table would have the whole list walked for each page. */
  id: string;
  /** The same as a cursor holds it, and back again. */
  key: string;
  fromKey: (parameter: string) => string;
}

// An exact SKU comes before everything, then what is called so, then what its variants are called, then what says so somewhere.
// The part behind the point is below 1 and orders those of one kind.
const KIND = `case when p.search @@ asked.sku then 4 when p.search @@ asked.in_title then 3
      when p.search @@ asked.in_names then 2 else 1 end`;
const RANK = `(${KIND} + ts_rank(p.search, asked.words, 32))::float8`;
// Of words that are alike only the kind: how many there are changes with every product, and would move the pages.
const RANK_ALIKE = `(${KIND})::float8`;

const relevance = (rank: string): Order => ({
  sorted: rank,
  id: "p.id",
  key: rank,
  fromKey: (key) => `${key}::float8`,
});
const TITLE: Order = {
  sorted: `p.sort_title collate "und-x-icu"`,
  id: "p.id",
  key: "p.sort_title",
  fromKey: (key) => `${key}::text`,
};
const CREATED: Order = {
  sorted: "p.created_at",
  id: "p.id",
  key: "(extract(epoch from p.created_at) * 1000)::float8",
  fromKey: (key) => `to_timestamp(${key}::float8 / 1000)`,
};
const PRICE: Order = {
  sorted: "priced.amount",
  id: "priced.product_id",
  key: "priced.amount::float8",
  fromKey: (key) => `${key}::bigint`,
};

function orderOf({ sort, search }: Asked): Order {
  if (sort === "relevance") return relevance(search?.alike ? RANK_ALIKE : RANK);
  return { title: TITLE, createdAt: CREATED, price: PRICE }[sort.replace("-", "") as "title" | "createdAt" | "price"];
}

const isDescending = (sort: Sort): boolean => sort === "relevance" || sort.startsWith("-");
export const sortsByPrice = (sort: Sort): boolean => sort === "price" || sort === "-price";

/** The statement of a page and its values; rows are those of a ProductState with their `sortKey`, one more than the page has. */
export function listStatement(asked: Asked): [Statement, unknown[]] {
  const { sort, search, status, sku, currency, priceFrom, priceTo, after, limit } = asked;
  const { sorted, id, key, fromKey } = orderOf(asked);
  const [comparison, direction] = isDescending(sort) ? ["<", "desc"] : [">", "asc"];
  const values: unknown[] = [];
  const given = (value: unknown): string => `$${values.push(value)}`;

  const sources = ["products p"];
  const conditions: string[] = [];
  const withAsked = search !== null && sort === "relevance" ? askedFor(search, given) : "";
  if (withAsked !== "") {
    sources.unshift("asked");
    conditions.push("p.search @@ asked.words");
  } else if (search !== null) {
    conditions.push(`p.search @@ (${inEitherWay(given(tsquery(search.terms)))})`);
  }
  if (sortsByPrice(sort)) {
    sources.push("variants priced");
    // Each product once, by the cheapest of its variants in this currency.
    conditions.push(
      `priced.product_id = p.id and priced.currency = ${given(currency)}::text and priced.id = (
        select v.id from variants v where v.product_id = priced.product_id
        order by v.currency <> priced.currency, v.amount, v.id limit 1)`,
    );
  }
  const shown = given(status);
  conditions.push(`(${shown}::text is null or p.status = ${shown})`);
  // The SKU is asked for twice, this first, as the shortest way to its product.
  if (sku !== null) conditions.push(`p.id = (select product_id from variants where sku = ${given(sku)}::text)`);
  if ([sku, currency, priceFrom, priceTo].some((filter) => filter !== null)) {
    conditions.push(ofOneVariant(given(sku), given(currency), given(priceFrom), given(priceTo)));
  }
  if (after !== null) {
    conditions.push(`(${sorted}, ${id}) ${comparison} (${fromKey(given(after.key))}, ${given(after.id)}::uuid)`);
  }
  const text = `${withAsked}select ${STATE_COLUMNS}, ${key} as "sortKey"
    from ${sources.join(", ")}
    where ${conditions.join("\n      and ")}
    order by ${sorted} ${direction}, ${id} ${direction}
    limit ${given(limit)}::int`;
  return [{ name: `products_list_${hash("sha1", text)}`, text }, values];
}

/** All filters on variants are of one and the same: a red one for 9 and a blue one for 5 are no red one for 5. */
const ofOneVariant = (sku: string, currency: string, priceFrom: string, priceTo: string): string =>
  `(select bool_or((${sku}::text is null or v.sku = ${sku}) and (${currency}::text is null or v.currency = ${currency})
        and (${priceFrom}::bigint is null or v.amount >= ${priceFrom}) and (${priceTo}::bigint is null or v.amount <= ${priceTo}))
      from variants v where v.product_id = p.id)`;

/** Of each word as it stands, or of its English stem. */
const inEitherWay = (parameter: string): string =>
  `to_tsquery('simple', ${parameter}) || to_tsquery('english', ${parameter})`;

/** The question as queries, made once however many products are ranked. */
const askedFor = ({ terms, question }: NonNullable<Asked["search"]>, given: (value: unknown) => string): string =>
  `with asked as materialized (
      select ${inEitherWay(given(tsquery(terms)))} as words, ${inEitherWay(given(tsquery(terms, "A")))} as in_title,
        ${inEitherWay(given(tsquery(terms, "AB")))} as in_names, ${given(`'${skuLexeme(question)}'`)}::tsquery as sku)
    `;
