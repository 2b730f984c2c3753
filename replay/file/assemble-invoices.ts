import { CannotReplay } from "../errors.ts";
import { isSaleLine, type Row } from "./read-rows.ts";
import type { InvoiceFacts } from "./survey-invoices.ts";

/** One line of an invoice, its unit price in pence. */
export type InvoiceLine = { sku: string; quantity: number; pence: number };

export type Invoice = InvoiceFacts & { items: InvoiceLine[] };

/**
 * The second pass: hands each wanted invoice out as soon as its last line is read, wherever in the file its lines are.
 * Only invoices that are begun and not complete are held; the reader is not asked for more rows than are wanted.
 *
 * @throws CannotReplay when lines are missing that the first pass saw.
 */
export async function* assembleInvoices(
  rows: AsyncIterable<Row>,
  wanted: Map<string, InvoiceFacts>,
): AsyncGenerator<Invoice> {
  const begun = new Map<string, InvoiceLine[]>();
  for await (const row of rows) {
    const facts = isSaleLine(row) ? wanted.get(row.invoice) : undefined;
    if (!facts) continue;

    const items = begun.get(row.invoice) ?? [];
    begun.set(row.invoice, items);
    items.push({ sku: row.sku, quantity: row.quantity, pence: row.pence ?? 0 });
    if (items.length === facts.lines) {
      begun.delete(row.invoice);
      yield { ...facts, items };
    }
  }
  if (begun.size > 0) throw new CannotReplay("The file changed while it was read.");
}
