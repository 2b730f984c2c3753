// What customers are told of, and how far a mail may have come.

export const DELIVERY_KINDS = ["order_confirmed", "order_rejected", "payment_failed", "order_expired"] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];

/** Mails with a code, which auth has sent: they are no deliveries, and their words are kept nowhere. */
export const ACCOUNT_MAIL_KINDS = ["reset_password", "verify_email", "already_registered"] as const;
export type AccountMailKind = (typeof ACCOUNT_MAIL_KINDS)[number];

export const MAIL_KINDS = [...DELIVERY_KINDS, ...ACCOUNT_MAIL_KINDS] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

/** SENT and FAILED are ends. */
export const DELIVERY_STATES = ["PENDING", "SENT", "FAILED"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];
