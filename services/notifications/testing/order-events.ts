// Events as the bridge would hand them over: Ada's order of two mugs, unless told otherwise.
import { randomUUIDv7 } from "node:crypto";
import type { Address } from "../../../contract/addresses.ts";
import type { OrderFacts, Shop } from "../composing/write-order.ts";
import type { ToTell } from "../tell-customers.ts";

export const SHOP: Shop = { name: "The Shop", orderUrl: "https://shop.example/orders/{id}", timeZone: "Europe/London" };

export const ADDRESS: Address = {
  name: "Ada Lovelace",
  line1: "12 St James Square",
  city: "London",
  postalCode: "SW1Y 4JH",
  country: "GB",
};

export const orderFacts = (changes: Partial<OrderFacts> = {}): OrderFacts => ({
  orderId: randomUUIDv7(),
  number: "7KD2M-X9PQR",
  customerId: null,
  email: "ada@example.com",
  currency: "GBP",
  total: 2_400,
  country: "GB",
  placedAt: "2026-03-01T11:59:58.000Z",
  lines: [{ sku: "MUG-BLUE", title: "Enamel mug, blue", quantity: 2, unitPrice: 1_200, total: 2_400 }],
  ...changes,
});

export function orderEvent(
  type: ToTell["type"],
  changes: Partial<OrderFacts> = {},
  occurredAt = new Date("2026-03-01T12:00:00Z"),
): ToTell {
  const data = { reason: "card_declined", ...orderFacts(changes) };
  return {
    id: randomUUIDv7(),
    type,
    aggregateId: data.orderId,
    aggregateVersion: 2,
    occurredAt,
    data,
    correlationId: "request-1",
    causationId: "request-1",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  };
}
