// Pages of products: keyset order, one statement per page whatever is asked. A search that finds nothing is made again with the
// words that are spelled alike.
import { DEFAULT_LIMIT, type Page, pageOf, readCursor } from "../../contract/page.ts";
import { invalidCursor } from "../../contract/refusals.ts";
import type { Database } from "../../database/database.ts";
import type { Product, ProductStatus, Sort } from "./catalog.contract.ts";
import { currencyOfPrices } from "./currency-of-prices.ts";
import { findAlike } from "./find-alike.ts";
import { type Asked, listStatement, sortsByPrice } from "./list-statement.ts";
import { type ProductState, present } from "./product-state.ts";
import { termsOf } from "./search-words.ts";

export interface Listing {
  q?: string;
  limit?: number;
  after?: string;
  sort?: Sort;
  filter?: { sku?: string; currency?: string; priceFrom?: number; priceTo?: number; status?: ProductStatus };
}

type Row = ProductState & { sortKey: string | number };

const NOTHING: Page<Product> = { data: [], page: { hasMore: false, nextCursor: null } };

/**
 * @param status what may be seen; null for everything
 * @throws invalid_cursor (422) for a cursor that no page of this order gave out; currency_required (422)
 */
export async function listProducts(
  db: Database,
  { q = "", limit = DEFAULT_LIMIT, after, sort: wanted, filter = {} }: Listing,
  status: ProductStatus | null,
): Promise<Page<Product>> {
  const terms = termsOf(q);
  const sort = sortOf(wanted, terms.length > 0);
  const position = after === undefined ? null : readPosition(after, sort, filter.currency);
  // Asked for something, but for no word: nothing has it.
  if (terms.length === 0 && q.trim() !== "") return NOTHING;
  const { sku = null, priceFrom = null, priceTo = null } = filter;
  const comparesPrices = sortsByPrice(sort) || priceFrom !== null || priceTo !== null;
  const known = position?.currency ?? filter.currency ?? null;
  const currency = known ?? (comparesPrices ? await currencyOfPrices(db, status) : null);
  if (comparesPrices && currency === null) return NOTHING;

  const search = terms.length === 0 ? null : { terms, question: q, alike: false };
  const asked: Asked = { sort, search, status, sku, currency, priceFrom, priceTo, after: position, limit: limit + 1 };
  const show = (rows: readonly Row[], alike: boolean) =>
    pageOf(rows, limit, (row) => [sort, currency ?? "", Number(alike), row.sortKey, row.id], present);
  const find = (what: Asked) => db.query<Row>(...listStatement(what));

  if (!position?.alike) {
    const rows = await find(asked);
    if (rows.length > 0 || search === null || position !== null) return show(rows, false);
  }
  const alike = await findAlike(db, terms);
  if (alike === null) return NOTHING;
  return show(await find({ ...asked, search: { terms: alike, question: q, alike: true } }), true);
}

/** Without words to match there is no relevance, and newest first is as good a guess as any. */
function sortOf(sort: Sort | undefined, searching: boolean): Sort {
  if (sort === undefined || sort === "relevance") return searching ? "relevance" : "-createdAt";
  return sort;
}

interface Position {
  key: string | number;
  id: string;
  /** That of the first page, so that a second currency that arrives meanwhile does not end the list. */
  currency: string | null;
  /** Whether the list is of words that are alike: it stays so to its end. */
  alike: boolean;
}

const LAST_MOMENT = Date.parse("9999-12-31T23:59:59.999Z");
/** Whether the database would take it: a forged cursor is a refusal, not an SQL error. */
const fits = (key: number, sort: Sort): boolean =>
  sort === "relevance" || (Number.isInteger(key) && key >= 0 && key <= LAST_MOMENT);

function readPosition(cursor: string, sort: Sort, currency: string | undefined): Position {
  const byTitle = sort === "title" || sort === "-title";
  const [givenSort, givenCurrency, alike, key, id] = readCursor(cursor, [
    "string",
    "string",
    "integer",
    byTitle ? "string" : "number",
    "uuid",
  ]) as [string, string, number, string | number, string];
  const sameList = givenSort === sort && (currency === undefined || currency === givenCurrency);
  if (!sameList || !(byTitle || fits(Number(key), sort))) throw invalidCursor();
  return { key, id, currency: givenCurrency || null, alike: alike === 1 };
}
