import { type Static, Type } from "typebox";
import { defineContract, internalTo } from "../../contract/contract.ts";
import { MoneySchema, Nullable, OneOf, Uuid } from "../../contract/fields.ts";
import { INTENT_STATES } from "./intent-states.ts";
import { SANDBOX_ACTIONS, SANDBOX_ERRORS } from "./providers/sandbox/sandbox.contract.ts";

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

/** What became of a webhook: it was applied, had been before, or is about nothing of ours. */
export const WEBHOOK_FATES = ["APPLIED", "REPEATED", "IGNORED"] as const;
export type WebhookFate = (typeof WEBHOOK_FATES)[number];

/** What the events of a payment have in common. */
const PaymentFacts = { orderId: Uuid, amount: MoneySchema, providerId: Type.String() };

/** Parameter -> the header in which a provider signs its webhooks; the gateway lets no other through. */
export const SIGNATURES = { signature: "Webhook-Signature" } as const;

export const payments = defineContract({
  name: "payments",
  domain: "billing",
  topic: "commerce.payments.v1",
  errors: {
    ...SANDBOX_ERRORS,
    amount_differs: { status: 409, message: "The order's payment was begun with another amount" },
    payment_not_found: { status: 404, message: "The order has no payment" },
    unknown_provider: { status: 404, message: "There is no such payment provider" },
    webhook_signature_invalid: { status: 403, message: "The webhook is not signed with a secret of this shop" },
    webhook_stale: { status: 403, message: "The webhook was signed too long ago, or by a clock that is wrong" },
    webhook_unreadable: { status: 422, message: "The webhook is signed, but it is no event of this provider" },
  },
  actions: {
    checkMethod: {
      access: internalTo("orders"),
      params: { method: PaymentMethod },
      result: Type.Object({ known: Type.Boolean() }),
    },
    authorize: {
      access: internalTo("orders"),
      // The intent is the order's: asking again continues the same charge with the same provider key.
      idempotent: true,
      params: { orderId: Uuid, amount: MoneySchema, method: PaymentMethod },
      result: Intent,
    },
    void: {
      access: internalTo("orders"),
      idempotent: true,
      params: { orderId: Uuid },
      result: Type.Object({ status: Nullable(OneOf(INTENT_STATES)) }),
    },
    receiveWebhook: {
      access: "public",
      security: { event: "webhook_refused", only: ["webhook_signature_invalid", "webhook_stale"] },
      // An event takes effect once, by its id.
      idempotent: true,
      params: {
        provider: Type.String({ pattern: "^[a-z0-9-]{1,40}$" }),
        payload: Type.String(),
        signature: Type.Optional(
          Type.String({
            maxLength: 2_000,
            description: '`t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`; `v1` may come several times',
          }),
        ),
      },
      result: Type.Object({ received: OneOf(WEBHOOK_FATES) }),
      refusals: ["unknown_provider", "webhook_signature_invalid", "webhook_stale", "webhook_unreadable"],
      http: {
        method: "POST",
        path: "/v1/webhooks/payments/{provider}",
        anonymous: true,
        limit: "webhook",
        summary: "For payment providers: what happened to a payment",
        example: {
          provider: "sandbox",
          payload: '{"id":"evt_1","type":"charge.authorized","data":{"charge":{"key":"order-1"}}}',
        },
        takes: { as: "raw", into: "payload" },
        headers: SIGNATURES,
      },
    },
    ...SANDBOX_ACTIONS,
  },
  events: {
    authorized: Type.Object(PaymentFacts),
    failed: Type.Object({ ...PaymentFacts, declineCode: Type.String() }),
    action_required: Type.Object(PaymentFacts),
    voided: Type.Object(PaymentFacts),
  },
});
