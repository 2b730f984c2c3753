import { countryCode, UNKNOWN_COUNTRY } from "../country-code.ts";
import type { Invoice } from "../file/assemble-invoices.ts";
import type { ApiClient } from "./api-client.ts";
import { awaitOutcome } from "./await-outcome.ts";
import { CONFIRMED, type Order, outcomeOf, referenceOf } from "./order.ts";
import { Refusal } from "./refusal.ts";

/** What became of an invoice: an order of this run, an order there already, or no confirmed order and why. */
export type Placement = { outcome: "placed" } | { outcome: "already" } | { outcome: "failed"; reason: string };

const CURRENCY = "GBP";

/**
 * Places an invoice as one order, keyed by its number: asked again after a lost answer, the server gives the order it
 * made the first time.
 */
export async function placeInvoice(
  api: ApiClient,
  invoice: Invoice,
  customerId: string | undefined,
  deadlineMs: number,
): Promise<Placement> {
  try {
    const key = `online-retail:${invoice.invoice}`;
    const { body, tries, replayed } = await api.post<Order>("/v1/orders", orderBody(invoice, customerId), key);
    const order = await awaitOutcome(api, body, deadlineMs);
    if (order.status !== CONFIRMED) return { outcome: "failed", reason: outcomeOf(order) };
    return { outcome: replayed && tries === 1 ? "already" : "placed" };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 409 && error.code === "reference_taken") return { outcome: "already" };
    return { outcome: "failed", reason: error.message };
  }
}

function orderBody(invoice: Invoice, customerId: string | undefined) {
  return {
    currency: CURRENCY,
    reference: referenceOf(invoice.invoice),
    ...(customerId !== undefined && { customerId }),
    placedAt: new Date(invoice.placedAt).toISOString(),
    lines: invoice.items.map(({ sku, quantity, pence }) => ({
      sku,
      quantity,
      unitPrice: { amount: pence, currency: CURRENCY },
    })),
    shippingAddress: {
      name: invoice.customer === undefined ? "Guest" : `Customer ${invoice.customer}`,
      line1: "Unknown",
      city: "Unknown",
      postalCode: "0000",
      country: countryCode(invoice.country) ?? UNKNOWN_COUNTRY,
    },
    payment: { method: "pm_card_visa" },
  };
}
