import { randomUUIDv7 } from "node:crypto";
import { newOrderNumber, type OrderRecord } from "../order-record.ts";

/** A record of two mugs for Ada, placed at noon, its stock held until a quarter past. */
export const anOrder = (changes: Partial<OrderRecord> = {}): OrderRecord => ({
  id: randomUUIDv7(),
  number: newOrderNumber(),
  reference: null,
  customerId: null,
  email: "ada@example.com",
  language: null,
  currency: "GBP",
  lines: [{ sku: "MUG", title: "The MUG", quantity: 2, unitPrice: 1_250, total: 2_500 }],
  total: 2_500,
  shippingAddress: { name: "Ada", line1: "12 St James Square", city: "London", postalCode: "SW1Y 4JH", country: "GB" },
  paymentMethod: "pm_card_visa",
  placedAt: new Date("2026-03-01T12:00:00Z"),
  expiresAt: new Date("2026-03-01T12:15:00Z"),
  createdAt: new Date("2026-03-01T12:00:00Z"),
  origin: { correlationId: "request-1", causationId: "request-1", traceparent: null },
  placing: null,
  ...changes,
});
