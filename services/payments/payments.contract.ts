import { type Static, Type } from "typebox";
import { defineContract } from "../contract.ts";
import { MoneySchema, Nullable, OneOf, Uuid } from "../fields.ts";
import { INTENT_STATES } from "./intent-states.ts";

/** A provider's token for a payment method. Card data never reaches this system. */
export const PaymentMethod = Type.String({
  pattern: "^[A-Za-z0-9_]{1,120}$",
  description: "Provider's payment method token",
});

const Intent = Type.Object({
  id: Uuid,
  orderId: Uuid,
  status: OneOf(INTENT_STATES),
  amount: MoneySchema,
  declineCode: Nullable(Type.String()),
});
export type Intent = Static<typeof Intent>;

export const payments = defineContract({
  name: "payments",
  topic: "commerce.payments.v1",
  errors: {
    amount_differs: { status: 409, message: "The order's payment was begun with another amount" },
  },
  actions: {
    checkMethod: {
      access: "internal",
      params: { method: PaymentMethod },
      result: Type.Object({ known: Type.Boolean() }),
    },
    authorize: {
      access: "internal",
      // The intent is the order's: asking again continues the same charge with the same provider key.
      idempotent: true,
      params: { orderId: Uuid, amount: MoneySchema, method: PaymentMethod },
      result: Intent,
    },
    void: {
      access: "internal",
      idempotent: true,
      params: { orderId: Uuid },
      result: Type.Object({ status: Nullable(OneOf(INTENT_STATES)) }),
    },
  },
  events: {
    authorized: Type.Object({ orderId: Uuid, amount: MoneySchema, providerId: Type.String() }),
    failed: Type.Object({ orderId: Uuid, amount: MoneySchema, declineCode: Type.String() }),
    action_required: Type.Object({ orderId: Uuid, amount: MoneySchema }),
    voided: Type.Object({ orderId: Uuid, amount: MoneySchema }),
  },
});
