// The steps in which stock is seen from outside.

export const STOCK_STEPS = ["IN_STOCK", "LOW", "OUT"] as const;
export type StockStep = (typeof STOCK_STEPS)[number];

const LOW_BELOW = 5;

export const stockStepOf = (available: number): StockStep =>
  available <= 0 ? "OUT" : available < LOW_BELOW ? "LOW" : "IN_STOCK";
