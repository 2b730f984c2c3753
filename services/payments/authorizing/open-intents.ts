// An order's intent exists before the provider is asked, so that a charge is never without the record that explains it.
import { randomUUIDv7 } from "node:crypto";
import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Money } from "../../../contract/money.ts";
import type { Database, Statement } from "../../../database/database.ts";
import type { IntentState } from "../intent-states.ts";

export interface IntentRequest {
  orderId: string;
  amount: Money;
  method: string;
  origin: Origin;
}

export interface IntentRecord {
  id: string;
  orderId: string;
  status: IntentState;
  amount: Money;
  method: string;
  providerKey: string;
  declineCode: string | null;
  /** True for the call that made it: nobody has asked the provider before. */
  fresh: boolean;
}

interface Row {
  id: string;
  order_id: string;
  status: IntentState;
  amount: string;
  currency: string;
  method: string;
  provider_key: string;
  decline_code: string | null;
}

const COLUMNS = "id, order_id, status, amount, currency, method, provider_key, decline_code";
const OPEN: Statement = {
  name: "intent_open",
  text: `insert into payment_intents
      (id, order_id, status, amount, currency, method, provider, provider_key, correlation_id, version, created_at,
        updated_at)
    select id, order_id, 'PROCESSING', amount, currency, method, $6, 'order-' || order_id, correlation_id, 0, $7, $7
    from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $8::text[])
      as wanted (id, order_id, amount, currency, method, correlation_id)
    on conflict (order_id) do nothing
    returning ${COLUMNS}`,
};
const FIND: Statement = {
  name: "intent_find",
  text: `select ${COLUMNS} from payment_intents where order_id = any($1::uuid[])`,
};

/** @returns per request, in order, the order's one intent: opened now, or as it was found */
export async function openIntents(
  db: Database,
  requests: readonly IntentRequest[],
  { provider, now }: { provider: string; now: Date },
): Promise<IntentRecord[]> {
  const distinct = [...new Map(requests.map((request) => [request.orderId, request])).values()];
  const opened = await db.query<Row>(OPEN, [
    distinct.map(() => randomUUIDv7()),
    distinct.map((request) => request.orderId),
    distinct.map((request) => request.amount.amount),
    distinct.map((request) => request.amount.currency),
    distinct.map((request) => request.method),
    provider,
    now,
    distinct.map((request) => request.origin.correlationId),
  ]);
  const records = new Map(opened.map((row) => [row.order_id, present(row, true)]));
  const asked = distinct.map((request) => request.orderId).filter((orderId) => !records.has(orderId));
  for (const record of await findIntents(db, asked)) records.set(record.orderId, record);
  const taken = new Set<string>();
  return requests.map(({ orderId }) => {
    const record = records.get(orderId) as IntentRecord;
    // Of two requests of one order in a batch the first asks the provider.
    const fresh = record.fresh && !taken.has(orderId);
    taken.add(orderId);
    return { ...record, fresh };
  });
}

export async function findIntents(db: Database, orderIds: readonly string[]): Promise<IntentRecord[]> {
  if (orderIds.length === 0) return [];
  return (await db.query<Row>(FIND, [orderIds])).map((row) => present(row, false));
}

const present = (row: Row, fresh: boolean): IntentRecord => ({
  id: row.id,
  orderId: row.order_id,
  status: row.status,
  amount: { amount: Number(row.amount), currency: row.currency },
  method: row.method,
  providerKey: row.provider_key,
  declineCode: row.decline_code,
  fresh,
});
