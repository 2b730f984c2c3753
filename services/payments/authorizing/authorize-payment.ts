// Asks the provider to hold the order's money, once. The payment is opened first, and its id stored. When no answer comes the
// outcome is unknown: the provider is asked by the id what became of it, and only if nothing did the same request goes out again
// under the same key. If that is lost as well, the payment is closed at the provider before it counts as failed, so that
// no request still on its way can charge later. A request under a key that the provider may have forgotten meanwhile would be
// a second charge, so after that time nothing is sent again: the payment is closed.

import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Clock } from "../../../database/clock.ts";
import type { Database } from "../../../database/database.ts";
import { termsOf } from "../intent-record.ts";
import {
  type PaymentProvider,
  type PaymentRequest,
  type ProviderOutcome,
  ProviderUnreachable,
  unlessUnreachable,
} from "../providers/provider.ts";
import type { IntentStanding, Outcome } from "../record-outcomes.ts";
import type { OpenedIntent } from "./open-intents.ts";
import { openPayment } from "./open-payment.ts";

export interface AuthorizeTools {
  db: Database;
  clock: Clock;
  provider: PaymentProvider;
  origin: Origin;
  record: (outcome: Outcome) => Promise<IntentStanding>;
}

/** @returns how the intent stands: PROCESSING or UNKNOWN only while the provider cannot even be asked */
export async function authorizePayment(intent: OpenedIntent, tools: AuthorizeTools): Promise<IntentStanding> {
  const { db, provider, origin, record } = tools;
  const { orderId, status, declineCode } = intent;
  const isOpen = status === "PROCESSING" || status === "UNKNOWN" || status === "REQUIRES_ACTION";
  const providerId = isOpen ? await unlessUnreachable(() => openPayment(db, provider, intent)) : undefined;
  if (providerId === undefined) return { status, declineCode };
  if (status === "REQUIRES_ACTION") {
    const found = await unlessUnreachable(() => provider.find(providerId));
    return found ? record({ orderId, outcome: found, origin }) : { status, declineCode };
  }
  return record({ orderId, outcome: await askProvider(intent, providerId, tools), origin });
}

async function askProvider(intent: OpenedIntent, providerId: string, tools: AuthorizeTools) {
  const { provider, origin, record, clock } = tools;
  const request: PaymentRequest = { providerId, ...termsOf(intent) };
  const authorize = () => unlessUnreachable(() => provider.authorize(request));
  if (intent.fresh) {
    const answered = await authorize();
    if (answered) return answered;
    await record({ orderId: intent.orderId, outcome: { kind: "lost" }, origin });
  }
  const isKeyKnown = clock().getTime() - intent.createdAt.getTime() < provider.keepsKeysMs;
  try {
    const found = (await provider.find(providerId)) ?? (isKeyKnown ? await authorize() : undefined);
    return found ?? (await provider.find(providerId)) ?? giveUp(await provider.cancel(request));
  } catch (error) {
    if (error instanceof ProviderUnreachable) return { kind: "lost" as const };
    throw error;
  }
}

/** The payment is closed: nothing was charged and nothing will be. Had it been charged after all, cancelling gave it back. */
function giveUp(closed: ProviderOutcome): ProviderOutcome {
  return { kind: "declined", providerId: closed.providerId, code: "provider_timeout" };
}
