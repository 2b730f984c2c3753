// An order's intent exists before the provider is asked, so that a charge is never without the record that explains it.
import { randomUUIDv7 } from "node:crypto";
import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Money } from "../../../contract/money.ts";
import type { Database, Statement } from "../../../database/database.ts";
import { findIntents, INTENT_COLUMNS, type IntentRecord, type IntentRow, intentOf } from "../intent-record.ts";
import type { PaymentProvider } from "../providers/provider.ts";

export interface IntentRequest {
  orderId: string;
  amount: Money;
  method: string;
  origin: Origin;
}

/** @property fresh true for the call that made it: nobody has asked the provider before */
export type OpenedIntent = IntentRecord & { fresh: boolean };

// No conflict is named: of two nodes at once the later may meet the order or its key first, and only a named one is passed over.
const OPEN: Statement = {
  name: "intent_open",
  text: `insert into payment_intents
      (id, order_id, status, amount, currency, method, provider, provider_key, provider_id, correlation_id, version,
        created_at, updated_at)
    select id, order_id, 'PROCESSING', amount, currency, method, $6, 'order-' || order_id, provider_id, correlation_id, 0,
      $7, $7
    from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $8::text[], $9::text[])
      as wanted (id, order_id, amount, currency, method, correlation_id, provider_id)
    on conflict do nothing
    returning ${INTENT_COLUMNS}`,
};

/** @returns per request, in order, the order's one intent: opened now, or as it was found */
export async function openIntents(
  db: Database,
  requests: readonly IntentRequest[],
  { provider, now }: { provider: PaymentProvider; now: Date },
): Promise<OpenedIntent[]> {
  const distinct = [...new Map(requests.map((request) => [request.orderId, request])).values()];
  const { open } = provider;
  const opened = await db.query<IntentRow>(OPEN, [
    distinct.map(() => randomUUIDv7()),
    distinct.map((request) => request.orderId),
    distinct.map((request) => request.amount.amount),
    distinct.map((request) => request.amount.currency),
    distinct.map((request) => request.method),
    provider.name,
    now,
    distinct.map((request) => request.origin.correlationId),
    distinct.map(() => (open.by === "ours" ? open.chooseId() : null)),
  ]);
  const made = new Map(opened.map((row) => [row.orderId, intentOf(row)]));
  const asked = distinct.map((request) => request.orderId).filter((orderId) => !made.has(orderId));
  const found = new Map((await findIntents(db, asked)).map((intent) => [intent.orderId, intent]));
  const taken = new Set<string>();
  return requests.map(({ orderId }) => {
    // Of two requests of one order in a batch the first asks the provider.
    const fresh = made.has(orderId) && !taken.has(orderId);
    taken.add(orderId);
    return { ...((made.get(orderId) ?? found.get(orderId)) as IntentRecord), fresh };
  });
}
