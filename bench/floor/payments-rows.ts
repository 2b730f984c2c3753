import type { Draft } from "./draft-order.ts";
import { outboxRow } from "./outbox-row.ts";
import type { Statement } from "./statement.ts";

/** The intent to charge, before anybody is asked. */
export function openIntent({ id, intentId, total, at }: Draft): Statement[] {
  return [
    {
      name: "intent",
      text: `insert into payment_intents
          (id, order_id, status, amount, currency, method, provider, provider_key, version, created_at, updated_at)
        values ($1, $2, 'PROCESSING', $3, 'GBP', 'pm_card_visa', 'sandbox', $4, 1, $5, $5)
        on conflict (order_id) do nothing returning id, status`,
      values: [intentId, id, total, `order-${id}`, at],
    },
  ];
}

/** The provider's own row, in its own database. */
export function charge({ id, chargeId, total, at }: Draft): Statement[] {
  return [
    {
      name: "charge",
      text: `insert into charges (key, id, status, amount, currency, method, created_at, updated_at)
        values ($1, $2, 'authorized', $3, 'GBP', 'pm_card_visa', $4, $4) on conflict (key) do nothing
        returning id, status`,
      values: [`order-${id}`, chargeId, total, at],
    },
  ];
}

/** New state, ledger, event. */
export function settleIntent(draft: Draft): Statement[] {
  const { id, intentId, chargeId, total, at } = draft;
  const data = { orderId: id, amount: { amount: total, currency: "GBP" }, providerId: chargeId };
  return [
    {
      name: "settle",
      text: `update payment_intents set status = 'REQUIRES_CAPTURE', provider_id = $2, authorized = amount, version = 2,
        updated_at = $3 where id = $1`,
      values: [intentId, chargeId, at],
    },
    {
      name: "ledger",
      text: `insert into payment_ledger (intent_id, type, amount, currency, provider_id, at)
        values ($1, 'AUTHORIZATION', $2, 'GBP', $3, $4)`,
      values: [intentId, total, chargeId, at],
    },
    outboxRow("payments.authorized", draft, JSON.stringify(data)),
  ];
}
