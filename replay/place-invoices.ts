import type { ApiClient } from "./api/api-client.ts";
import { awaitOutcome } from "./api/await-outcome.ts";
import { bringCustomers } from "./api/bring-customers.ts";
import { bringProducts } from "./api/bring-products.ts";
import { bringStock } from "./api/bring-stock.ts";
import { UNDER_WAY } from "./api/order.ts";
import { placeInvoice } from "./api/place-invoice.ts";
import type { PlacedInvoices } from "./api/read-orders.ts";
import { countryCode } from "./country-code.ts";
import { assembleInvoices } from "./file/assemble-invoices.ts";
import { readRows } from "./file/read-rows.ts";
import type { InvoiceFacts, Survey } from "./file/survey-invoices.ts";
import { inParallel } from "./in-parallel.ts";
import type { ReplayOptions } from "./replay-options.ts";
import type { Reporter } from "./reporter.ts";

/** The whole file, the orders it already has in the shop, and the invoices that have none. */
export type Work = { survey: Survey; earlier: PlacedInvoices; wanted: Map<string, InvoiceFacts> };

/** How the placing went; `refused` says by invoice why there is no confirmed order. */
export type Placing = { placed: number; already: number; refused: Map<string, string>; seconds: number };

const OUTCOME_DEADLINE_MS = 60_000;

/**
 * Waits for orders that an interrupted run left under way, and notes how they end. Before they have, nobody can tell
 * whether the stock that is there is meant for them.
 */
export async function settleOrders(api: ApiClient, { orders }: PlacedInvoices, options: ReplayOptions): Promise<void> {
  const underWay = [...orders.values()].filter(({ status }) => status === UNDER_WAY);
  await inParallel(underWay, options.concurrency, async (order) => {
    const { status, reason } = await awaitOutcome(api, order, options.outcomeDeadlineMs ?? OUTCOME_DEADLINE_MS);
    Object.assign(order, { status, reason });
  });
}

/** Brings in what the wanted invoices need, then places them in the order in which the file completes them. */
export async function placeInvoices(api: ApiClient, work: Work, options: ReplayOptions): Promise<Placing> {
  const { wanted } = work;
  const { file, concurrency, reporter } = options;
  const placing: Placing = { placed: 0, already: 0, refused: new Map(), seconds: 0 };
  if (wanted.size === 0) return placing;

  const customerIds = await bringIn(api, work, options);
  const startedAt = performance.now();
  const invoices = assembleInvoices(
    readRows(file, () => {}),
    wanted,
  );
  await inParallel(invoices, concurrency, async (invoice) => {
    const customerId = invoice.customer === undefined ? undefined : customerIds.get(invoice.customer);
    const deadlineMs = options.outcomeDeadlineMs ?? OUTCOME_DEADLINE_MS;
    const placement = await placeInvoice(api, invoice, customerId, deadlineMs);
    if (placement.outcome === "failed") placing.refused.set(invoice.invoice, placement.reason);
    else placing[placement.outcome] += 1;
    const done = placing.placed + placing.already + placing.refused.size;
    const seconds = (performance.now() - startedAt) / 1000;
    reporter.progress(`orders: ${done} of ${wanted.size}, ${Math.round(done / seconds)} a second`);
  });
  placing.seconds = (performance.now() - startedAt) / 1000;
  return placing;
}

async function bringIn(
  api: ApiClient,
  { survey, earlier, wanted }: Work,
  { concurrency, reporter }: ReplayOptions,
): Promise<Map<string, string>> {
  const products = [...survey.products.values()];
  const customers = new Set([...wanted.values()].flatMap(({ customer }) => customer ?? []));
  const unitsToSell = new Map(products.map(({ sku, units }) => [sku, units - (earlier.unitsBySku.get(sku) ?? 0)]));
  warnOfUnknownCountries(wanted, reporter);

  await bringProducts(api, products, reporter);
  const customerIds = await bringCustomers(api, [...customers], concurrency, reporter);
  await bringStock(api, unitsToSell, concurrency, reporter);
  return customerIds;
}

function warnOfUnknownCountries(invoices: Map<string, InvoiceFacts>, reporter: Reporter): void {
  const names = new Set([...invoices.values()].map(({ country }) => country));
  for (const name of names) {
    if (countryCode(name) === undefined) reporter.note(`The country "${name}" has no known code; ZZ stands for it.`);
  }
}
