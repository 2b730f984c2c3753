// What a provider tells by itself. It is believed that something happened, and nothing else: the event is stored, then the
// provider is asked what became of the payment, and that is recorded like any other answer of its. The order of events
// and their repetition do not matter, for the life of the intent decides what an outcome still changes.

import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Clock } from "../../../database/clock.ts";
import type { Database, Statement } from "../../../database/database.ts";
import * as refuse from "../errors.ts";
import type { WebhookFate } from "../payments.contract.ts";
import { type PaymentProvider, ProviderUnreachable, type WebhookEvent } from "../providers/provider.ts";
import { judgeWebhook } from "../providers/signatures.ts";
import type { Outcome, Settled } from "../record-outcomes.ts";

export interface Webhook {
  provider: string;
  /** The body as it came. */
  payload: string;
  signature?: string | undefined;
}

export interface WebhookTools {
  db: Database;
  clock: Clock;
  provider: PaymentProvider;
  /** All that are good at present; none refuses every webhook. */
  secrets: readonly string[];
  origin: Origin;
  record: (outcome: Outcome) => Promise<Settled>;
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
  name: "intent_by_key",
  text: `select order_id as "orderId", correlation_id as "correlationId" from payment_intents
    where provider_key = $1 and provider = $2`,
};

/** @throws a refusal (4xx) for what is not the provider's word; 503 when the provider has to send it again */
export async function receiveWebhook(webhook: Webhook, tools: WebhookTools): Promise<WebhookFate> {
  const { db, clock, provider, secrets } = tools;
  if (webhook.provider !== provider.name) throw refuse.unknownProvider();
  const { payload, signature } = webhook;
  const verdict = judgeWebhook({ payload, signature }, secrets, clock());
  if (verdict === "forged") throw refuse.webhookSignatureInvalid();
  if (verdict === "stale") throw refuse.webhookStale();
  const event = provider.readWebhook(payload);
  if (event === undefined) throw refuse.webhookUnreadable();

  const processed = await db.query(STORE, [provider.name, event.id, event.type, payload, clock()]);
  if (processed.length > 0) return "REPEATED";
  const fate = await apply(event, tools);
  await db.query(DONE, [provider.name, event.id, clock()]);
  return fate;
}

async function apply({ key }: WebhookEvent, { db, provider, origin, record }: WebhookTools): Promise<WebhookFate> {
  if (key === null) return "IGNORED";
  const [intent] = await db.query<{ orderId: string; correlationId: string | null }>(FIND, [key, provider.name]);
  const outcome = intent && (await ask(provider, key));
  if (intent === undefined || !outcome) return "IGNORED";
  const { orderId } = intent;
  await record({
    orderId,
    outcome,
    origin: { ...origin, correlationId: intent.correlationId ?? origin.correlationId },
  });
  return "APPLIED";
}

async function ask(provider: PaymentProvider, key: string) {
  try {
    return await provider.find(key);
  } catch (error) {
    if (error instanceof ProviderUnreachable) throw refuse.providerUnreachable();
    throw error;
  }
}
