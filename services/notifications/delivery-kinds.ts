// What customers are told of, and how far a mail may have come.

export const DELIVERY_KINDS = ["order_confirmed", "order_rejected", "payment_failed", "order_expired"] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];

/** SENT and FAILED are ends. */
export const DELIVERY_STATES = ["PENDING", "SENT", "FAILED"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];
