// Who gets what, decided in memory while the levels are locked. All lines of an order or none.

export interface Level {
  sku: string;
  onHand: number;
  reserved: number;
}

export interface Wish {
  orderId: string;
  lines: readonly { sku: string; quantity: number }[];
}

export interface Shortage {
  sku: string;
  requested: number;
  available: number;
}

export type Allotment =
  | { orderId: string; status: "HELD"; lines: { sku: string; quantity: number }[] }
  | { orderId: string; status: "REFUSED"; shortages: Shortage[] };

/** Several lines of one SKU as one quantity, in the order of the SKUs. */
export function sumBySku(lines: Wish["lines"]): { sku: string; quantity: number }[] {
  const sums = new Map<string, number>();
  for (const { sku, quantity } of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  return [...sums].map(([sku, quantity]) => ({ sku, quantity })).sort((one, other) => (one.sku < other.sku ? -1 : 1));
}

/**
 * First come, first served, in the order of the wishes. A refused wish takes nothing from those after it.
 * @param levels of every SKU that is wished for; one without a level has nothing to give
 */
export function allotStock(levels: readonly Level[], wishes: readonly Wish[]): Allotment[] {
  const available = new Map(levels.map((level) => [level.sku, level.onHand - level.reserved]));
  return wishes.map(({ orderId, lines }) => {
    const wanted = sumBySku(lines);
    const shortages = wanted
      .map(({ sku, quantity }) => ({ sku, requested: quantity, available: available.get(sku) ?? 0 }))
      .filter((each) => each.requested > each.available);
    if (shortages.length > 0) return { orderId, status: "REFUSED", shortages };
    for (const { sku, quantity } of wanted) available.set(sku, (available.get(sku) ?? 0) - quantity);
    return { orderId, status: "HELD", lines: wanted };
  });
}
