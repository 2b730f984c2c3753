// The life of an order: state -> trigger -> next state. Reading the table is reading the policy.

export const ORDER_STATES = [
  "PENDING",
  "AWAITING_PAYMENT",
  "CONFIRMED",
  "REJECTED",
  "PAYMENT_FAILED",
  "EXPIRED",
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** What may happen to an order. */
export type OrderTrigger = "confirmed" | "rejected" | "payment_failed" | "awaiting_payment" | "expired";

export const ORDER_LIFE: Record<OrderState, Partial<Record<OrderTrigger, OrderState>>> = {
  PENDING: {
    confirmed: "CONFIRMED",
    rejected: "REJECTED",
    payment_failed: "PAYMENT_FAILED",
    awaiting_payment: "AWAITING_PAYMENT",
    expired: "EXPIRED",
  },
  AWAITING_PAYMENT: {
    confirmed: "CONFIRMED",
    rejected: "REJECTED",
    payment_failed: "PAYMENT_FAILED",
    expired: "EXPIRED",
  },
  CONFIRMED: {},
  REJECTED: {},
  PAYMENT_FAILED: {},
  EXPIRED: {},
};

export const allowedFrom = (state: OrderState): OrderTrigger[] => Object.keys(ORDER_LIFE[state]) as OrderTrigger[];

/** What an order's customer is told of the money: a fact of the order, told by whatever moved it last. */
export const PAYMENT_STATUSES = ["PENDING", "REQUIRES_ACTION", "AUTHORIZED", "FAILED", "VOIDED", "NONE"] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

export const FULFILLMENT_STATUSES = ["UNFULFILLED"] as const;
export type FulfillmentStatus = (typeof FULFILLMENT_STATUSES)[number];

/** Of orders, and of remembered answers, from before the money was a fact of its own: it followed from the state then. */
export const PAYMENT_STATUS_BEFORE: Record<OrderState, PaymentStatus> = {
  PENDING: "PENDING",
  AWAITING_PAYMENT: "REQUIRES_ACTION",
  CONFIRMED: "AUTHORIZED",
  REJECTED: "NONE",
  PAYMENT_FAILED: "FAILED",
  EXPIRED: "VOIDED",
};
