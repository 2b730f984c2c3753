/** What one sale invoice amounts to: counts, and its total in pence. */
export type InvoiceSum = { customer: string | undefined; lines: number; units: number; pence: number };

/** The figures by which a replay is judged; amounts in pence. */
export type Figures = {
  invoices: number;
  lines: number;
  units: number;
  skus: number;
  customers: number;
  guestInvoices: number;
  total: number;
  largestInvoice: number;
  mostSold: { sku: string; units: number } | undefined;
};

export type FigureRow = { label: string; fromApi: string; fromFile: string; differs: boolean };

/** Sums invoices up; the same rule for those of the file and those of the API, so that only the data can differ. */
export function sumFigures(invoices: Iterable<InvoiceSum>, unitsBySku: Map<string, number>): Figures {
  const customers = new Set<string>();
  const figures: Figures = {
    invoices: 0,
    lines: 0,
    units: 0,
    skus: unitsBySku.size,
    customers: 0,
    guestInvoices: 0,
    total: 0,
    largestInvoice: 0,
    mostSold: mostSold(unitsBySku),
  };
  for (const invoice of invoices) {
    figures.invoices += 1;
    figures.lines += invoice.lines;
    figures.units += invoice.units;
    figures.total += invoice.pence;
    figures.largestInvoice = Math.max(figures.largestInvoice, invoice.pence);
    if (invoice.customer === undefined) figures.guestInvoices += 1;
    else customers.add(invoice.customer);
  }
  figures.customers = customers.size;
  return figures;
}

/** The two sets of figures side by side, ready to print. */
export function compareFigures(fromApi: Figures, fromFile: Figures): FigureRow[] {
  const row = (label: string, show: (figures: Figures) => string): FigureRow => {
    const [left, right] = [show(fromApi), show(fromFile)];
    return { label, fromApi: left, fromFile: right, differs: left !== right };
  };
  return [
    row("sale invoices with at least one line", (f) => grouped(f.invoices)),
    row("lines", (f) => grouped(f.lines)),
    row("units", (f) => grouped(f.units)),
    row("distinct stock codes sold", (f) => grouped(f.skus)),
    row("known customers", (f) => grouped(f.customers)),
    row("invoices without a customer", (f) => grouped(f.guestInvoices)),
    row("total, pence", (f) => grouped(f.total)),
    row("largest invoice, pence", (f) => grouped(f.largestInvoice)),
    row("most sold code (units)", (f) => (f.mostSold ? `${f.mostSold.sku} (${grouped(f.mostSold.units)})` : "-")),
  ];
}

/** 1234567 as `1,234,567`. */
export function grouped(count: number): string {
  return count.toLocaleString("en-GB");
}

function mostSold(unitsBySku: Map<string, number>): Figures["mostSold"] {
  let best: Figures["mostSold"];
  for (const [sku, units] of unitsBySku) {
    if (!best || units > best.units || (units === best.units && sku < best.sku)) best = { sku, units };
  }
  return best;
}
