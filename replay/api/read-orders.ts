import type { InvoiceSum } from "../figures.ts";
import type { InvoiceFacts } from "../file/survey-invoices.ts";
import { type ApiClient, everyItem } from "./api-client.ts";
import { invoiceOf, type Order } from "./order.ts";

/** An order made from an invoice: what it amounts to and how it stands. `placedAt` is UTC milliseconds. */
export type PlacedInvoice = InvoiceSum & Pick<Order, "id" | "status" | "reason"> & { placedAt: number };

/** What the shop holds of a run's invoices, by invoice number, and the units of those that were counted, by SKU. */
export type PlacedInvoices = { orders: Map<string, PlacedInvoice>; unitsBySku: Map<string, number> };

/** Reads back, page by page, the orders of the given invoices; `counted` says whose units are summed. */
export async function readOrders(
  api: ApiClient,
  invoices: Map<string, InvoiceFacts>,
  counted: (order: Order) => boolean,
): Promise<PlacedInvoices> {
  const orders = new Map<string, PlacedInvoice>();
  const unitsBySku = new Map<string, number>();
  if (invoices.size === 0) return { orders, unitsBySku };

  for await (const order of everyItem<Order>(api, "/v1/orders", dateRange(invoices))) {
    const invoice = invoiceOf(order);
    // An order placed meanwhile by somebody else may push one already read onto the next page.
    if (invoice === undefined || !invoices.has(invoice) || orders.has(invoice)) continue;
    orders.set(invoice, placedInvoice(order));
    if (!counted(order)) continue;
    for (const { sku, quantity } of order.lines) unitsBySku.set(sku, (unitsBySku.get(sku) ?? 0) + quantity);
  }
  return { orders, unitsBySku };
}

function placedInvoice({ id, status, reason, customerId, placedAt, lines, total }: Order): PlacedInvoice {
  return {
    id,
    status,
    reason,
    customer: customerId ?? undefined,
    placedAt: Date.parse(placedAt),
    lines: lines.length,
    units: lines.reduce((units, { quantity }) => units + quantity, 0),
    pence: total.amount,
  };
}

function dateRange(invoices: Map<string, InvoiceFacts>): Record<string, string> {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { placedAt } of invoices.values()) {
    from = Math.min(from, placedAt);
    to = Math.max(to, placedAt);
  }
  return { "filter[placedFrom]": new Date(from).toISOString(), "filter[placedTo]": new Date(to).toISOString() };
}
