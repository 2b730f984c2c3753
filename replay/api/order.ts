type Money = { amount: number; currency: string };

/** An order, as far as this tool reads it. */
export type Order = {
  id: string;
  reference?: string | null;
  status: string;
  reason?: string | null;
  customerId?: string | null;
  placedAt: string;
  total: Money;
  lines: { sku: string; quantity: number; unitPrice: Money; total: Money }[];
};

export const CONFIRMED = "CONFIRMED";
export const UNDER_WAY = "PENDING";

const REFERENCE = "online-retail/";

/** The reference by which an order, or a customer, of the data set is found again. */
export function referenceOf(number: string): string {
  return REFERENCE + number;
}

/** The invoice an order was made from; undefined for an order that did not come from the data set. */
export function invoiceOf(order: Order): string | undefined {
  return order.reference?.startsWith(REFERENCE) ? order.reference.slice(REFERENCE.length) : undefined;
}

/** How an order ended, for people: `REJECTED (out_of_stock)`. */
export function outcomeOf({ status, reason }: { status: string; reason?: string | null }): string {
  return reason ? `${status} (${reason})` : status;
}
