// The currency that prices are meant in when nobody names one.
import type { Database, Statement } from "../../database/database.ts";
import type { ProductStatus } from "./catalog.contract.ts";
import { currencyRequired } from "./errors.ts";

// Leaps over the index from one currency to the next, to the second at most; within one it looks for a product that is shown.
const CURRENCIES: Statement = {
  name: "variants_currencies",
  text: `with recursive shown as (
      select v.currency, v.amount, v.product_id from variants v
      where $1::text is null or exists (select from products p where p.id = v.product_id and p.status = $1)),
    found (currency) as (
      (select currency from shown order by currency limit 1)
      union all
      select (select s.currency from shown s where s.currency > found.currency order by s.currency limit 1)
      from found where found.currency is not null)
    select currency from found where currency is not null limit 2`,
};

/**
 * @param status what may be seen; null for everything
 * @returns the only currency that there is; null where nothing has a price
 * @throws currency_required (400) where there are several
 */
export async function currencyOfPrices(db: Database, status: ProductStatus | null): Promise<string | null> {
  const [only, other] = await db.query<{ currency: string }>(CURRENCIES, [status]);
  if (other !== undefined) throw currencyRequired();
  return only?.currency ?? null;
}
