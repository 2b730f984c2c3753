// Gives the order's money back before it was captured. An order that never had a payment has nothing to give back.

import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Database } from "../../../database/database.ts";
import { findIntents } from "../authorizing/open-intents.ts";
import type { IntentState } from "../intent-states.ts";
import type { PaymentProvider } from "../providers/provider.ts";
import type { Outcome, Settled } from "../record-outcomes.ts";

export interface VoidTools {
  db: Database;
  provider: PaymentProvider;
  origin: Origin;
  record: (outcome: Outcome) => Promise<Settled>;
}

/** @throws ProviderUnreachable when the provider cannot be asked: try again later */
export async function voidPayment(
  orderId: string,
  { db, provider, origin, record }: VoidTools,
): Promise<{ status: IntentState | null }> {
  const [intent] = await findIntents(db, [orderId]);
  if (intent === undefined) return { status: null };
  if (intent.status === "FAILED" || intent.status === "CANCELED") return { status: intent.status };
  const { providerKey: key, amount, method } = intent;
  const outcome = await provider.cancel({ key, amount, method });
  return { status: (await record({ orderId, outcome, origin })).status };
}
