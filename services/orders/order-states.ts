// The life of an order: state -> event -> next state. Reading the table is reading the policy.

export const ORDER_STATES = [
  "PENDING",
  "AWAITING_PAYMENT",
  "CONFIRMED",
  "REJECTED",
  "PAYMENT_FAILED",
  "EXPIRED",
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export type OrderEvent = "confirmed" | "rejected" | "payment_failed" | "awaiting_payment" | "expired";

export const ORDER_LIFE: Record<OrderState, Partial<Record<OrderEvent, OrderState>>> = {
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

export const PAYMENT_STATUSES = ["PENDING", "REQUIRES_ACTION", "AUTHORIZED", "FAILED", "VOIDED", "NONE"] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** What an order's customer is told of the money once the order has come to a state. */
export const PAYMENT_STATUS_OF: Record<OrderState, PaymentStatus> = {
  PENDING: "PENDING",
  AWAITING_PAYMENT: "REQUIRES_ACTION",
  CONFIRMED: "AUTHORIZED",
  REJECTED: "NONE",
  PAYMENT_FAILED: "FAILED",
  EXPIRED: "VOIDED",
};

/** An order in one of these states is driven on by whoever holds it, a request or the worker. */
export const isOpen = (state: OrderState): boolean => state === "PENDING" || state === "AWAITING_PAYMENT";
