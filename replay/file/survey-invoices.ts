import { type Figures, type InvoiceSum, sumFigures } from "../figures.ts";
import { betterTitle } from "./choose-title.ts";
import { isSaleLine, type Row, type SaleLine } from "./read-rows.ts";

/** A sale invoice as the whole file tells it, without its lines. `placedAt` is UTC milliseconds. */
export type InvoiceFacts = InvoiceSum & { invoice: string; placedAt: number; country: string };

/** A stock code that was sold: its title, its list price (the highest charged, in pence) and the units sold. */
export type ProductFacts = { sku: string; title: string; listPrice: number; units: number };

export type Survey = {
  invoices: Map<string, InvoiceFacts>;
  products: Map<string, ProductFacts>;
  figures: Figures;
  credits: { invoices: number; rows: number; pence: number };
  others: { invoices: number; rows: number };
};

const DAY_MS = 86_400_000;

/**
 * The first pass over a file: everything that must be known before its first order can be placed, in memory that
 * grows with invoices and products, not with rows.
 *
 * @param day midnight UTC in milliseconds; only invoices of that day are taken. An invoice is of the day of its first
 *   line: its rows may carry different minutes, and so, around midnight, different days.
 */
export async function surveyInvoices(rows: AsyncIterable<Row>, day?: number): Promise<Survey> {
  const invoices = new Map<string, InvoiceFacts>();
  const products = new Map<string, ProductFacts>();
  const ofOtherDays = new Set<string>();
  const credits = { numbers: new Set<string>(), rows: 0, pence: 0 };
  const others = { numbers: new Set<string>(), rows: 0 };

  for await (const row of rows) {
    const wanted = day === undefined || (row.at >= day && row.at < day + DAY_MS);
    if (isSaleLine(row)) {
      if (!invoices.has(row.invoice) && !wanted) ofOtherDays.add(row.invoice);
      if (ofOtherDays.has(row.invoice)) continue;
      addToInvoice(invoices, row);
      addToProduct(products, row);
    } else if (wanted && row.kind === "credit") {
      credits.numbers.add(row.invoice);
      credits.rows += 1;
      credits.pence += Math.abs(row.quantity) * (row.pence ?? 0);
    } else if (wanted && row.kind === "other") {
      others.numbers.add(row.invoice);
      others.rows += 1;
    }
  }

  const unitsBySku = new Map([...products.values()].map(({ sku, units }) => [sku, units]));
  return {
    invoices,
    products,
    figures: sumFigures(invoices.values(), unitsBySku),
    credits: { invoices: credits.numbers.size, rows: credits.rows, pence: credits.pence },
    others: { invoices: others.numbers.size, rows: others.rows },
  };
}

function addToInvoice(invoices: Map<string, InvoiceFacts>, row: SaleLine): void {
  let facts = invoices.get(row.invoice);
  if (!facts) {
    const { invoice, customer, country } = row;
    facts = { invoice, placedAt: row.at, customer, country, lines: 0, units: 0, pence: 0 };
    invoices.set(invoice, facts);
  }
  facts.customer ??= row.customer;
  facts.lines += 1;
  facts.units += row.quantity;
  facts.pence += row.quantity * row.pence;
}

function addToProduct(products: Map<string, ProductFacts>, row: SaleLine): void {
  const facts = products.get(row.sku);
  if (!facts) {
    const title = betterTitle(undefined, row.description) ?? row.sku;
    products.set(row.sku, { sku: row.sku, title, listPrice: row.pence, units: row.quantity });
    return;
  }
  facts.title = betterTitle(facts.title === row.sku ? undefined : facts.title, row.description) ?? row.sku;
  facts.listPrice = Math.max(facts.listPrice, row.pence);
  facts.units += row.quantity;
}
