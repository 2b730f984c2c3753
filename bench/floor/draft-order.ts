import { randomBytes, randomUUIDv7 } from "node:crypto";

const PRICE = 1_250;
export const TITLE = "Enamel mug, blue";

export interface Line {
  sku: string;
  quantity: number;
  unitPrice: number;
  total: number;
}

/** What the rows of one order say; as large as the shop's. */
export interface Draft {
  id: string;
  customerId: string;
  intentId: string;
  chargeId: string;
  key: string;
  number: string;
  lines: readonly [Line, Line];
  total: number;
  /** Complete, as the shop's events are. */
  facts: string;
  /** The request that it began with, in the columns that tell of it. */
  origin: { correlation_id: string; causation_id: string; traceparent: string };
  at: Date;
  expiresAt: Date;
}

export function draftOrder(skus: readonly [string, string]): Draft {
  const id = randomUUIDv7();
  const customerId = CUSTOMER;
  const at = new Date();
  const lineOf = (sku: string): Line => ({ sku, quantity: 1, unitPrice: PRICE, total: PRICE });
  const lines = [lineOf(skus[0]), lineOf(skus[1])] as const;
  const total = lines.length * PRICE;
  const request = randomUUIDv7();
  const traceparent = `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`;
  const told = lines.map((line) => ({ ...line, title: TITLE }));
  const facts = { orderId: id, number: id.slice(-11), customerId, email: EMAIL, currency: "GBP", total };
  return {
    id,
    customerId,
    intentId: randomUUIDv7(),
    chargeId: randomUUIDv7(),
    key: randomUUIDv7(),
    // The random end of the id: its beginning is the time, which orders share.
    number: id.slice(-11),
    lines,
    total,
    facts: JSON.stringify({ ...facts, country: "GB", placedAt: at.toISOString(), lines: told }),
    origin: { correlation_id: request, causation_id: request, traceparent },
    at,
    expiresAt: new Date(at.getTime() + 15 * 60_000),
  };
}

const CUSTOMER = randomUUIDv7();
export const EMAIL = "ada@example.com";
