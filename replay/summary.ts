import { CONFIRMED, outcomeOf } from "./api/order.ts";
import type { PlacedInvoice, PlacedInvoices } from "./api/read-orders.ts";
import { type FigureRow, type Figures, sumFigures } from "./figures.ts";
import type { InvoiceFacts, Survey } from "./file/survey-invoices.ts";

/** An invoice that has no confirmed order, or one that is not what the file says; and why. */
export type Failure = { invoice: string; reason: string };

/** What a run came to. `figures` are read back from the API, `expected` are computed from the file. */
export type Summary = {
  figures: Figures;
  expected: Figures;
  comparison: FigureRow[];
  credits: Survey["credits"];
  others: Survey["others"];
  badRows: number;
  placed: number;
  alreadyPlaced: number;
  failures: Failure[];
  seconds: number;
  placingSeconds: number;
  ordersPerSecond: number;
};

/** Sums the confirmed orders up as the file was summed up. */
export function figuresOf({ orders, unitsBySku }: PlacedInvoices): Figures {
  const confirmed = [...orders.values()].filter(({ status }) => status === CONFIRMED);
  return sumFigures(confirmed, unitsBySku);
}

/** Holds every invoice of the file against its order: equal sums over all could hide two errors that cancel out. */
export function findFailures(
  invoices: Map<string, InvoiceFacts>,
  { orders }: PlacedInvoices,
  refused: Map<string, string>,
): Failure[] {
  return [...invoices.values()].flatMap((facts) => {
    const order = orders.get(facts.invoice);
    const reason = order?.status === CONFIRMED ? findDifference(facts, order) : refused.get(facts.invoice);
    if (reason === undefined && order?.status === CONFIRMED) return [];
    return { invoice: facts.invoice, reason: reason ?? (order ? outcomeOf(order) : "no such order was read back") };
  });
}

function findDifference(facts: InvoiceFacts, order: PlacedInvoice): string | undefined {
  const keys = (["lines", "units", "pence", "placedAt"] as const).filter((key) => order[key] !== facts[key]);
  if (keys.length > 0) return `the order differs from the invoice in ${keys.join(", ")}`;
  const isGuest = facts.customer === undefined;
  return isGuest === (order.customer === undefined) ? undefined : "a guest and a customer were mixed up";
}

/** True when every invoice is a confirmed order and every figure is right. */
export function isFaithful(summary: Pick<Summary, "comparison" | "failures">): boolean {
  return summary.failures.length === 0 && !summary.comparison.some(({ differs }) => differs);
}
