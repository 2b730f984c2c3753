// Reads anew, for the search, what a release wrote that reads words otherwise: all products after an update, and those that a
// node of the release before still changes beside us. Nobody is told, since nothing that is shown changes.
import type { Database, Statement } from "../../database/database.ts";
import { STATE_COLUMNS } from "./load-products.ts";
import type { ProductState } from "./product-state.ts";
import { learnWords, SEARCH, searchColumns, wordColumns } from "./search-column.ts";

const BATCH = 200;

const LOCK: Statement = {
  name: "products_lock_unsearched",
  text: `select id from products where searched is distinct from version order by id limit $1 for update skip locked`,
};
const READ: Statement = {
  name: "products_read_unsearched",
  text: `select ${STATE_COLUMNS} from products p where p.id = any($1::uuid[])`,
};
const REFRESH: Statement = {
  name: "products_refresh_search",
  text: `with ${learnWords("$6::text[]", "$7::text[]")}
    update products set search = ${SEARCH}, searched = version
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) as product (id, in_title, in_names, in_body, skus)
    where products.id = product.id`,
};

/** Any number of nodes may do so at once. @returns how many products were read anew, when none is left */
export async function refreshSearch(db: Database): Promise<number> {
  let refreshed = 0;
  for (;;) {
    const count = await refreshBatch(db);
    refreshed += count;
    if (count < BATCH) return refreshed;
  }
}

const refreshBatch = (db: Database): Promise<number> =>
  db.transaction(async (tx) => {
    // Locked before it is read: an editor who comes meanwhile waits, and then makes the column of what he writes.
    const ids = (await tx.query<{ id: string }>(LOCK, [BATCH])).map(({ id }) => id);
    if (ids.length === 0) return 0;
    const products = await tx.query<ProductState>(READ, [ids]);
    await tx.query(REFRESH, [products.map(({ id }) => id), ...searchColumns(products), ...wordColumns(products)]);
    return ids.length;
  });
