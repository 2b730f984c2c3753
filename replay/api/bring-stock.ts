import { randomUUID } from "node:crypto";
import { inParallel } from "../in-parallel.ts";
import type { Reporter } from "../reporter.ts";
import { type ApiClient, everyItem } from "./api-client.ts";

type StockLevel = { sku: string; available: number };

/**
 * Tops each SKU up to the units that are still to be sold, never beyond: a second run finds enough and adds nothing.
 * Answers the number of units brought in.
 */
export async function bringStock(
  api: ApiClient,
  unitsToSell: Map<string, number>,
  concurrency: number,
  reporter: Reporter,
): Promise<number> {
  const missing = new Map([...unitsToSell].filter(([, units]) => units > 0));
  for await (const { sku, available } of everyItem<StockLevel>(api, "/v1/stock-levels")) {
    const units = missing.get(sku);
    if (units === undefined) continue;
    if (available >= units) missing.delete(sku);
    else missing.set(sku, units - available);
  }

  let done = 0;
  let brought = 0;
  await inParallel(missing, concurrency, async ([sku, delta]) => {
    const adjustment = { sku, delta, reason: "stock for replayed invoices" };
    await api.post("/v1/stock-adjustments", adjustment, `online-retail:stock:${randomUUID()}`);
    brought += delta;
    done += 1;
    reporter.progress(`stock: ${done} of ${missing.size} codes topped up`);
  });
  return brought;
}
