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
    ) order by id for update`,
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

/** Every product that has one of these slugs or SKUs, locked until the transaction ends. */
export async function lockNamed(tx: Tx, slugs: readonly string[], skus: readonly string[]): Promise<ProductState[]> {
  const locked = await tx.query<{ id: string }>(LOCK_NAMED, [slugs, skus]);
  return locked.length === 0 ? [] : tx.query<ProductState>(READ, [locked.map(({ id }) => id)]);
}
