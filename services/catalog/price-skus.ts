// What the SKUs of an order cost now. On the order path: concurrent askers share one statement.

import type { Money } from "../../contract/money.ts";
import type { Database, Statement } from "../../database/database.ts";
import { gather } from "../../database/gather.ts";

export interface PricedSku {
  sku: string;
  title: string;
  price: Money;
}

type PriceRow = { sku: string; title: string; amount: number; currency: string };

// Amounts are bounded far below 2^53, so a double holds them exactly and arrives as a number.
const PRICE: Statement = {
  name: "variants_price",
  text: `select v.sku, coalesce(v.title, p.title) as title, v.amount::float8 as amount, v.currency
    from variants v join products p on p.id = v.product_id
    where v.sku = any($1::text[]) and p.status = 'ACTIVE'`,
};

/** @returns a function that prices SKUs: those for sale, in the order asked for, each once; the others are absent */
export function priceSkus(db: Database): (skus: readonly string[]) => Promise<PricedSku[]> {
  return gather(async (requests: readonly (readonly string[])[]) => {
    const rows = await db.query<PriceRow>(PRICE, [[...new Set(requests.flat())]]);
    const priced = new Map(
      rows.map(({ sku, title, amount, currency }) => [sku, { sku, title, price: { amount, currency } }]),
    );
    return requests.map((skus) => [...new Set(skus)].flatMap((sku) => priced.get(sku) ?? []));
  });
}
