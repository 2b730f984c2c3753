// Products as they are, with their variants; locked where they are about to change.
import type { Statement, Tx } from "../../database/database.ts";
import type { ProductState } from "./product-state.ts";

/** The columns of a ProductState, of `products p`. */
export const STATE_COLUMNS = `p.id, p.slug, p.title, p.description, p.status, p.version,
    p.created_at as "createdAt", p.updated_at as "updatedAt",
    (select jsonb_agg(jsonb_build_object('id', v.id, 'sku', v.sku, 'title', v.title, 'amount', v.amount,
        'currency', v.currency) order by v.position)
      from variants v where v.product_id = p.id) as variants`;

// Locking and reading are two statements: the variants that a locking statement reads are those from before it waited.
const LOCK: Statement = {
  name: "products_lock",
  text: `select id from products where id = any($1::uuid[]) order by id for update`,
};
const LOCK_NAMED: Statement = {
  name: "products_lock_named",
  text: `select id from products where id in (
      select id from products where slug = any($1::text[])
      union select product_id from variants where sku = any($2::text[])
      union select id from products where title collate "C" = any($3::text[])
    ) order by id for update`,
};
// Titles are not unique, so that nothing stops two transactions that each find none of a title and then make one.
const LOCK_TITLES: Statement = {
  name: "products_lock_titles",
  text: `select pg_advisory_xact_lock(hashtext('products by title'))`,
};
const READ: Statement = {
  name: "products_read",
  text: `select ${STATE_COLUMNS} from products p where p.id = any($1::uuid[])`,
};

/** The product, locked until the transaction ends. */
export async function lockProduct(tx: Tx, id: string): Promise<ProductState | undefined> {
  const [, found] = await Promise.all([tx.query(LOCK, [[id]]), tx.query<ProductState>(READ, [[id]])]);
  return found[0];
}

export interface Names {
  slugs: readonly string[];
  skus: readonly string[];
  titles: readonly string[];
}

/** Every product that has one of these names, locked until the transaction ends; a title that none has stays so as well. */
export async function lockNamed(tx: Tx, { slugs, skus, titles }: Names): Promise<ProductState[]> {
  if (titles.length > 0) tx.send(LOCK_TITLES);
  const locked = await tx.query<{ id: string }>(LOCK_NAMED, [slugs, skus, titles]);
  return locked.length === 0 ? [] : tx.query<ProductState>(READ, [locked.map(({ id }) => id)]);
}
