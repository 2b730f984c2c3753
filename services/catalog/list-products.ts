// Pages of products: keyset order, one statement per page whatever is asked.

import { DEFAULT_LIMIT, type Page, pageOf, readCursor } from "../../contract/page.ts";
import { invalidCursor } from "../../contract/refusals.ts";
import type { Database, Statement } from "../../database/database.ts";
import type { Product, ProductStatus, Sort } from "./catalog.contract.ts";
import { STATE_COLUMNS } from "./load-products.ts";
import { type ProductState, present } from "./product-state.ts";
import { searchQuery } from "./search-words.ts";

export interface Listing {
  q?: string;
  limit?: number;
  after?: string;
  sort?: Sort;
  filter?: { sku?: string; currency?: string; priceFrom?: number; priceTo?: number; status?: ProductStatus };
}

interface Order {
  direction: "asc" | "desc";
  /** The expression that is sorted by, as the index has it. */
  sorted: string;
  /** The same as a cursor holds it, and back again. */
  key: string;
  fromKey: string;
  type: "string" | "number";
  /** Whether the database would take it: a forged cursor is a refusal, not an SQL error. */
  fits: (key: string | number) => boolean;
}

const LAST_MOMENT = Date.parse("9999-12-31T23:59:59.999Z");
const isText = (key: string | number) => typeof key === "string" && !key.includes("\0");
const isRank = (key: string | number) => Number.isFinite(key);
/** Milliseconds and prices alike. */
const isCount = (key: string | number) => Number.isInteger(key) && Number(key) >= 0 && Number(key) <= LAST_MOMENT;

const QUERY = `(to_tsquery('simple', $1) || to_tsquery('english', $1))`;
const RANK = `ts_rank(p.search, ${QUERY})::float8`;
const TITLE = {
  sorted: "p.sort_title",
  key: "p.sort_title",
  fromKey: "$7::text",
  type: "string",
  fits: isText,
} as const;
const CREATED = {
  sorted: "p.created_at",
  key: "(extract(epoch from p.created_at) * 1000)::float8",
  fromKey: "to_timestamp($7::float8 / 1000)",
  type: "number",
  fits: isCount,
} as const;
const PRICE = {
  sorted: "p.lowest_price",
  key: "p.lowest_price::float8",
  fromKey: "$7::bigint",
  type: "number",
  fits: isCount,
} as const;

const ORDERS: Record<Sort, Order> = {
  relevance: { sorted: RANK, key: RANK, fromKey: "$7::float8", type: "number", fits: isRank, direction: "desc" },
  title: { ...TITLE, direction: "asc" },
  "-title": { ...TITLE, direction: "desc" },
  createdAt: { ...CREATED, direction: "asc" },
  "-createdAt": { ...CREATED, direction: "desc" },
  price: { ...PRICE, direction: "asc" },
  "-price": { ...PRICE, direction: "desc" },
};

const statementFor = (sort: Sort): Statement => {
  const { direction, sorted, key, fromKey } = ORDERS[sort];
  return {
    name: `products_list_${sort}`,
    // The SKU is asked for twice, first as the shortest way to its product. All filters on variants are of one and the same
    // variant: a red one for 9 and a blue one for 5 are no red one for 5.
    text: `select ${STATE_COLUMNS}, ${key} as "sortKey"
    from products p
    where ($1::text is null or p.search @@ ${QUERY})
      and ($2::text is null or p.status = $2)
      and ($3::text is null or p.id = (select product_id from variants where sku = $3))
      and (num_nonnulls($3, $4::text, $5::bigint, $6::bigint) = 0 or exists (
        select from variants v where v.product_id = p.id
          and ($3 is null or v.sku = $3) and ($4 is null or v.currency = $4)
          and ($5 is null or v.amount >= $5) and ($6 is null or v.amount <= $6)))
      and ($8::uuid is null or (${sorted}, p.id) ${direction === "asc" ? ">" : "<"} (${fromKey}, $8))
    order by ${sorted} ${direction}, p.id ${direction}
    limit $9`,
  };
};

/**
 * @param status what may be seen; null for everything
 * @throws invalid_cursor (422) for a cursor that no page of this order gave out
 */
export async function listProducts(
  db: Database,
  { q = "", limit = DEFAULT_LIMIT, after, sort, filter = {} }: Listing,
  status: ProductStatus | null,
): Promise<Page<Product>> {
  const words = searchQuery(q);
  const order = orderOf(sort, words !== null);
  const [key, id] = after === undefined ? [null, null] : positionOf(after, order);
  // Asked for something, but for no word: nothing has it.
  if (words === null && q.trim() !== "") return { data: [], page: { hasMore: false, nextCursor: null } };
  const { sku = null, currency = null, priceFrom = null, priceTo = null } = filter;
  const values = [words, status, sku, currency, priceFrom, priceTo, key, id, limit + 1];
  const rows = await db.query<ProductState & { sortKey: string | number }>(statementFor(order), values);
  return pageOf(rows, limit, (row) => [order, row.sortKey, row.id], present);
}

/** Without words to match there is no relevance, and newest first is as good a guess as any. */
function orderOf(sort: Sort | undefined, searching: boolean): Sort {
  if (sort === undefined || sort === "relevance") return searching ? "relevance" : "-createdAt";
  return sort;
}

function positionOf(cursor: string, sort: Sort): [string | number, string] {
  const { type, fits } = ORDERS[sort];
  const [givenSort, key, id] = readCursor(cursor, ["string", type, "uuid"]) as [string, string | number, string];
  if (givenSort !== sort || !fits(key)) throw invalidCursor();
  return [key, id];
}
