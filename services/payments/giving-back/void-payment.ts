// Gives the order's money back before it was captured. An order that never had a payment has nothing to give back.
import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Database } from "../../../database/database.ts";
import { openPayment } from "../authorizing/open-payment.ts";
import { findIntents, termsOf } from "../intent-record.ts";
import type { IntentState } from "../intent-states.ts";
import type { Providers } from "../providers/providers.ts";
import type { IntentStanding, Outcome } from "../record-outcomes.ts";

export interface VoidTools {
  db: Database;
  providers: Providers;
  origin: Origin;
  record: (outcome: Outcome) => Promise<IntentStanding>;
}

/** @throws ProviderUnreachable when the provider cannot be asked: try again later */
export async function voidPayment(
  orderId: string,
  { db, providers, origin, record }: VoidTools,
): Promise<{ status: IntentState | null }> {
  const [intent] = await findIntents(db, [orderId]);
  if (intent === undefined) return { status: null };
  if (intent.status === "FAILED" || intent.status === "CANCELED") return { status: intent.status };
  const provider = providers.of(intent);
  // One that is not open yet is opened to be closed, so that a request which is about to open it finds it closed.
  const providerId = await openPayment(db, provider, intent);
  const outcome = await provider.cancel({ providerId, ...termsOf(intent) });
  return { status: (await record({ orderId, outcome, origin })).status };
}
