import type { Draft } from "./draft-order.ts";
import { outboxRow } from "./outbox-row.ts";
import { insertRows, type Statement } from "./statement.ts";

/** The intent to charge, before anybody is asked. */
export function openIntent({ id, intentId, chargeId, total, origin, at }: Draft): Statement[] {
  const intent = {
    id: intentId,
    order_id: id,
    status: "PROCESSING",
    amount: total,
    currency: "GBP",
    method: "pm_card_visa",
    provider: "sandbox",
    provider_key: `order-${id}`,
    provider_id: chargeId,
    correlation_id: origin.correlation_id,
    version: 0,
    created_at: at,
    updated_at: at,
  };
  return [insertRows("payment_intents", [intent], "on conflict do nothing returning id, status")];
}

/** The provider's own row, in its own database. */
export function charge({ id, chargeId, total, at }: Draft): Statement[] {
  const charged = {
    key: `order-${id}`,
    id: chargeId,
    status: "authorized",
    amount: total,
    currency: "GBP",
    method: "pm_card_visa",
    created_at: at,
    updated_at: at,
  };
  return [insertRows("charges", [charged], "on conflict (key) do nothing returning id, status")];
}

/** New state, ledger, event. */
export function settleIntent(draft: Draft): Statement[] {
  const { id, intentId, chargeId, total, at } = draft;
  const data = { orderId: id, amount: { amount: total, currency: "GBP" }, providerId: chargeId };
  return [
    {
      name: "settle",
      text: `update payment_intents set status = 'REQUIRES_CAPTURE', authorized = amount, version = 1, updated_at = $2
        where id = $1`,
      values: [intentId, at],
    },
    insertRows("payment_ledger", [
      { intent_id: intentId, type: "AUTHORIZATION", amount: total, currency: "GBP", provider_id: chargeId, at },
    ]),
    outboxRow("payments.authorized", 1, draft, JSON.stringify(data)),
  ];
}
