// The currency that prices are meant in when nobody names one.
import type { Database, Statement } from "../../database/database.ts";
import type { ProductStatus } from "./catalog.contract.ts";
import { currencyRequired } from "./errors.ts";

// Of a variant, whether its product is shown: asked in a way that cannot become a join of both tables.
const SHOWN = "($1::text is null or (select p.status from products p where p.id = v.product_id) = $1)";

// Leaps over the index from one currency to the next, to the second at most. Within one it looks for the first variant that is
// shown, so that only a currency of which much is hidden takes long.
const CURRENCIES: Statement = {
  name: "variants_currencies",
  text: `with recursive found (currency) as (
      (select v.currency from variants v where ${SHOWN} order by v.currency limit 1)
      union all
      select (select v.currency from variants v where v.currency > found.currency and ${SHOWN} order by v.currency limit 1)
      from found where found.currency is not null)
    select currency from found where currency is not null limit 2`,
};

/**
 * @param status what may be seen; null for everything
 * @returns the only currency that there is; null where nothing has a price
 * @throws currency_required (422) where there are several
 */
export async function currencyOfPrices(db: Database, status: ProductStatus | null): Promise<string | null> {
  const [only, other] = await db.query<{ currency: string }>(CURRENCIES, [status]);
  if (other !== undefined) throw currencyRequired();
  return only?.currency ?? null;
}
