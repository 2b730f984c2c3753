// Plays the customer at the sandbox's page, where a payment that needs its customer is approved or declined. The shop
// learns of it as from any provider, by a signed webhook. Asked again, the same webhook is delivered again.
import type { Database } from "../../../../database/database.ts";
import * as refuse from "../../errors.ts";
import { findIntents } from "../../intent-record.ts";
import type { IntentState } from "../../intent-states.ts";
import type { Providers } from "../providers.ts";
import type { CustomerAnswer } from "./sandbox.contract.ts";
import type { Deliver, Sandbox } from "./sandbox.ts";

export interface CompleteTools {
  db: Database;
  providers: Providers;
  deliver: Deliver;
}

/**
 * @returns how the intent stands after the webhook
 * @throws SANDBOX_IS_SILENT, NO_ACTION_PENDING (409), PAYMENT_NOT_FOUND (404)
 */
export async function completeAction(
  { orderId, outcome }: { orderId: string; outcome: CustomerAnswer },
  { db, providers, deliver }: CompleteTools,
): Promise<{ orderId: string; status: IntentState }> {
  const sandbox: Sandbox | undefined = providers.named("sandbox");
  if (sandbox?.completeAction === undefined) throw refuse.sandboxIsSilent();
  const [intent] = await findIntents(db, [orderId]);
  if (intent === undefined) throw refuse.paymentNotFound(orderId);
  const isOurs = intent.provider === sandbox.name;
  if (!isOurs || !(await sandbox.completeAction(intent.providerKey, outcome, deliver)))
    throw refuse.noActionPending(orderId);
  const [after = intent] = await findIntents(db, [orderId]);
  return { orderId, status: after.status };
}
