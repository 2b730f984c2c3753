// Plays the customer at the sandbox's page, where a payment that needs its customer is approved or declined. The shop
// learns of it as from any provider, by a signed webhook. Asked again, the same webhook is delivered again.
import type { Database } from "../../../../database/database.ts";
import { findIntents } from "../../authorizing/open-intents.ts";
import * as refuse from "../../errors.ts";
import type { IntentState } from "../../intent-states.ts";
import type { CustomerAnswer, Deliver, PaymentProvider } from "../provider.ts";

export interface CompleteTools {
  db: Database;
  provider: PaymentProvider;
  deliver: Deliver;
}

/** @returns how the intent stands after the webhook */
export async function completeAction(
  { orderId, outcome }: { orderId: string; outcome: CustomerAnswer },
  { db, provider, deliver }: CompleteTools,
): Promise<{ orderId: string; status: IntentState }> {
  if (provider.completeAction === undefined) throw refuse.sandboxIsSilent();
  const [intent] = await findIntents(db, [orderId]);
  if (intent === undefined) throw refuse.paymentNotFound(orderId);
  const completed = await provider.completeAction(intent.providerKey, outcome, deliver);
  if (!completed) throw refuse.noActionPending(orderId);
  const [after = intent] = await findIntents(db, [orderId]);
  return { orderId, status: after.status };
}
