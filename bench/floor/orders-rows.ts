import { type Draft, EMAIL, type Line, TITLE } from "./draft-order.ts";
import { outboxRow } from "./outbox-row.ts";
import { insertRows, type Statement } from "./statement.ts";

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
  const { id, customerId, key, number, lines, total, facts, origin, at, expiresAt } = draft;
  const scope = `${customerId} orders.place`;
  const lineRow = ({ sku, quantity, unitPrice, total }: Line, position: number) => ({
    order_id: id,
    position,
    sku,
    title: TITLE,
    quantity,
    unit_price: unitPrice,
    total,
  });
  return [
    insertRows(
      "idempotency_keys",
      [
        {
          scope,
          key,
          fingerprint: FINGERPRINT,
          resource_id: id,
          locked_until: expiresAt,
          created_at: at,
        },
      ],
      "on conflict (scope, key) do nothing",
    ),
    insertRows("orders", [
      {
        id,
        number,
        status: "PENDING",
        payment_status: "PENDING",
        fulfillment_status: "UNFULFILLED",
        placing_scope: scope,
        placing_key: key,
        customer_id: customerId,
        email: EMAIL,
        currency: "GBP",
        total,
        shipping_address: ADDRESS,
        payment_method: "pm_card_visa",
        placed_at: at,
        expires_at: expiresAt,
        wake_at: expiresAt,
        held_by: customerId,
        held_units: lines.reduce((sum, { quantity }) => sum + quantity, 0),
        version: 1,
        created_at: at,
        updated_at: at,
        ...origin,
      },
    ]),
    insertRows("order_lines", [lineRow(lines[0], 0), lineRow(lines[1], 1)]),
    insertRows("order_history", [
      { order_id: id, type: "created", data: JSON.stringify({ total, currency: "GBP" }), actor_id: customerId, at },
    ]),
    outboxRow("orders.created", 1, draft, facts),
  ];
}

/** New state, four steps of history, the key's answer, event. */
export function confirmOrder(draft: Draft): Statement[] {
  const { id, customerId, key, total, facts, at } = draft;
  const answer = {
    status: "CONFIRMED",
    paymentStatus: "AUTHORIZED",
    fulfillmentStatus: "UNFULFILLED",
    reason: null,
    version: 2,
    updatedAt: at.toISOString(),
  };
  const step = (type: string, data = "{}") => ({ order_id: id, type, data, actor_id: null, at });
  return [
    {
      name: "confirm",
      text: `update orders set status = 'CONFIRMED', payment_status = 'AUTHORIZED', wake_at = null, version = 2,
        updated_at = $2 where id = $1`,
      values: [id, at],
    },
    insertRows("order_history", [
      step("stock_reserved"),
      step("payment_authorized", JSON.stringify({ amount: total, currency: "GBP" })),
      step("stock_committed"),
      step("confirmed"),
    ]),
    {
      name: "answer",
      text: "update idempotency_keys set response = $3, locked_until = null where scope = $1 and key = $2",
      values: [`${customerId} orders.place`, key, JSON.stringify(answer)],
    },
    outboxRow("orders.confirmed", 2, draft, facts),
  ];
}
