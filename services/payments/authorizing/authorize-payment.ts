// Asks the provider to hold the order's money, once. The intent's key is the same for every attempt. When no answer
// comes the outcome is unknown: the provider is asked what it knows of the key, and only if it knows nothing the same
// request goes out again under the same key. If that is lost as well, the key is closed at the provider before the payment
// counts as failed, so that no request still on its way can charge later.

import type { Origin } from "../../../contract/events/domain-event.ts";
import { type PaymentProvider, type ProviderOutcome, ProviderUnreachable } from "../providers/provider.ts";
import type { Outcome, Settled } from "../record-outcomes.ts";
import type { IntentRecord } from "./open-intents.ts";

export interface AuthorizeTools {
  provider: PaymentProvider;
  origin: Origin;
  record: (outcome: Outcome) => Promise<Settled>;
}

/** @returns how the intent stands: UNKNOWN only while the provider cannot even be asked */
export async function authorizePayment(intent: IntentRecord, tools: AuthorizeTools): Promise<Settled> {
  const { provider, origin, record } = tools;
  const { orderId, status, declineCode } = intent;
  if (status === "REQUIRES_ACTION") {
    const found = await unlessUnreachable(() => provider.find(intent.providerKey));
    return found ? record({ orderId, outcome: found, origin }) : { status, declineCode };
  }
  if (status !== "PROCESSING" && status !== "UNKNOWN") return { status, declineCode };
  return record({ orderId, outcome: await askProvider(intent, tools), origin });
}

async function askProvider(intent: IntentRecord, { provider, origin, record }: AuthorizeTools) {
  const request = { key: intent.providerKey, amount: intent.amount, method: intent.method };
  if (intent.fresh) {
    const answered = await unlessUnreachable(() => provider.authorize(request));
    if (answered) return answered;
    await record({ orderId: intent.orderId, outcome: { kind: "lost" }, origin });
  }
  try {
    const found = (await provider.find(request.key)) ?? (await unlessUnreachable(() => provider.authorize(request)));
    return found ?? (await provider.find(request.key)) ?? giveUp(await provider.cancel(request));
  } catch (error) {
    if (error instanceof ProviderUnreachable) return { kind: "lost" as const };
    throw error;
  }
}

/** The key is closed: nothing was charged and nothing will be. Had it been charged after all, cancelling gave it back. */
function giveUp(closed: ProviderOutcome): ProviderOutcome {
  return { kind: "declined", providerId: closed.providerId, code: "provider_timeout" };
}

async function unlessUnreachable<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ProviderUnreachable) return undefined;
    throw error;
  }
}
