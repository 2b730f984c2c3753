// What a provider tells by itself. It is believed that something happened, and nothing else: the event is stored, then the
// provider is asked what became of the payment, and that is recorded like any other answer of its. The order of events
// and their repetition do not matter, for the life of the intent decides what an outcome still changes.

import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Clock } from "../../../database/clock.ts";
import type { Database, Statement } from "../../../database/database.ts";
import * as refuse from "../errors.ts";
import { SIGNATURES, type WebhookFate } from "../payments.contract.ts";
import { type PaymentProvider, ProviderUnreachable, type Webhook, type WebhookEvent } from "../providers/provider.ts";
import type { Providers } from "../providers/providers.ts";
import type { IntentStanding, Outcome } from "../record-outcomes.ts";

export interface ReceivedWebhook extends Webhook {
  /** The provider whose address it came to. */
  provider: string;
}

export interface WebhookTools {
  db: Database;
  clock: Clock;
  providers: Providers;
  origin: Origin;
  record: (outcome: Outcome) => Promise<IntentStanding>;
}

// No lock across the question to the provider: two deliveries at once both ask, and the second answer changes nothing.
const STORE: Statement = {
  name: "webhook_store",
  text: `with heard as (
      insert into webhook_events (provider, event_id, type, payload, received_at) values ($1, $2, $3, $4, $5)
      on conflict (provider, event_id) do nothing
    )
    select from webhook_events where provider = $1 and event_id = $2 and processed_at is not null`,
};
const DONE: Statement = {
  name: "webhook_done",
  text: "update webhook_events set processed_at = $3 where provider = $1 and event_id = $2 and processed_at is null",
};
const FIND: Statement = {
  name: "intent_by_provider_id",
  text: `select order_id as "orderId", correlation_id as "correlationId" from payment_intents
    where provider_id = $1 and provider = $2`,
};

const REFUSALS = {
  forged: refuse.webhookSignatureInvalid,
  stale: refuse.webhookStale,
  unreadable: refuse.webhookUnreadable,
};

type Signatures = { [Param in keyof typeof SIGNATURES]?: string };

/** The signatures under the names of the headers that they came in. */
export const signaturesIn = (params: Signatures): Webhook["headers"] =>
  Object.fromEntries(
    Object.entries(SIGNATURES).map(([param, header]) => [header.toLowerCase(), params[param as keyof Signatures]]),
  );

/** @throws a refusal (4xx) for what is not the provider's word; 503 when the provider has to send it again */
export async function receiveWebhook(webhook: ReceivedWebhook, tools: WebhookTools): Promise<WebhookFate> {
  const { db, clock, providers } = tools;
  const provider = providers.named(webhook.provider);
  if (provider === undefined) throw refuse.unknownProvider();
  const reading = await provider.readWebhook(webhook, clock());
  if (reading.verdict !== "genuine") throw REFUSALS[reading.verdict]();
  const { event } = reading;

  const processed = await db.query(STORE, [provider.name, event.id, event.type, webhook.payload, clock()]);
  if (processed.length > 0) return "REPEATED";
  const fate = await apply(event, provider, tools);
  await db.query(DONE, [provider.name, event.id, clock()]);
  return fate;
}

async function apply(
  { providerId }: WebhookEvent,
  provider: PaymentProvider,
  { db, origin, record }: WebhookTools,
): Promise<WebhookFate> {
  if (providerId === null) return "IGNORED";
  const asked = [providerId, provider.name];
  const [intent] = await db.query<{ orderId: string; correlationId: string | null }>(FIND, asked);
  const outcome = intent && (await ask(provider, providerId));
  if (intent === undefined || !outcome) return "IGNORED";
  const { orderId } = intent;
  await record({
    orderId,
    outcome,
    origin: { ...origin, correlationId: intent.correlationId ?? origin.correlationId },
  });
  return "APPLIED";
}

async function ask(provider: PaymentProvider, providerId: string) {
  try {
    return await provider.find(providerId);
  } catch (error) {
    if (error instanceof ProviderUnreachable) throw refuse.providerUnreachable();
    throw error;
  }
}
