import { type Draft, EMAIL } from "./draft-order.ts";
import { outboxRow } from "./outbox-row.ts";
import type { Statement } from "./statement.ts";

const FINGERPRINT = "0".repeat(64);
const ADDRESS = JSON.stringify({
  name: "Ada Lovelace",
  line1: "12 St James Square",
  city: "London",
  postalCode: "SW1Y 4JH",
  country: "GB",
});

/** Idempotency key, order, two lines, history, event. */
export function createOrder(draft: Draft): Statement[] {
  const { id, customerId, key, number, lines, total, facts, at, expiresAt } = draft;
  const [first, second] = lines as [Draft["lines"][number], Draft["lines"][number]];
  const line = ({ sku, quantity, unitPrice, total }: Draft["lines"][number]) => [sku, quantity, unitPrice, total];
  return [
    {
      name: "claim",
      text: `insert into idempotency_keys (scope, key, fingerprint, resource_id, locked_until, created_at)
        values ($1, $2, $3, $4, $5, $6) on conflict (scope, key) do nothing`,
      values: [`${customerId} orders.place`, key, FINGERPRINT, id, expiresAt, at],
    },
    {
      name: "order",
      text: `insert into orders (id, number, status, customer_id, email, currency, total, shipping_address, payment_method,
          placed_at, expires_at, wake_at, version, created_at, updated_at)
        values ($1, $2, 'PENDING', $3, $4, 'GBP', $5, $6, 'pm_card_visa', $7, $8, $8, 1, $7, $7)`,
      values: [id, number, customerId, EMAIL, total, ADDRESS, at, expiresAt],
    },
    {
      name: "lines",
      text: `insert into order_lines (order_id, position, sku, title, quantity, unit_price, total)
        values ($1, 0, $2, 'Enamel mug, blue', $3, $4, $5), ($1, 1, $6, 'Enamel mug, red', $7, $8, $9)`,
      values: [id, ...line(first), ...line(second)],
    },
    {
      name: "created",
      text: "insert into order_history (order_id, type, data, actor_id, at) values ($1, 'created', $2, $3, $4)",
      values: [id, JSON.stringify({ total, currency: "GBP" }), customerId, at],
    },
    outboxRow("orders.created", draft, facts),
  ];
}

/** New state, four steps of history, the key's answer, event. */
export function confirmOrder(draft: Draft): Statement[] {
  const { id, total, facts, at } = draft;
  return [
    {
      name: "confirm",
      text: "update orders set status = 'CONFIRMED', wake_at = null, version = 2, updated_at = $2 where id = $1",
      values: [id, at],
    },
    {
      name: "steps",
      text: `insert into order_history (order_id, type, data, at) values ($1, 'stock_reserved', '{}', $2),
        ($1, 'payment_authorized', $3, $2), ($1, 'stock_committed', '{}', $2), ($1, 'confirmed', '{}', $2)`,
      values: [id, at, JSON.stringify({ amount: total, currency: "GBP" })],
    },
    {
      name: "answer",
      text: "update idempotency_keys set response = $2, locked_until = null where resource_id = $1 and response is null",
      values: [id, JSON.stringify({ status: "CONFIRMED", reason: null, version: 2, updatedAt: at.toISOString() })],
    },
    outboxRow("orders.confirmed", draft, facts),
  ];
}
