// What only the sandbox has: its page, where somebody answers in the customer's place.
import { Type } from "typebox";
import type { ActionContract, Refusal } from "../../../../contract/contract.ts";
import { OneOf, Uuid } from "../../../../contract/fields.ts";
import { INTENT_STATES } from "../../intent-states.ts";

/** What a customer says who is asked for more than a card. */
export const CUSTOMER_ANSWERS = ["approved", "declined"] as const;
export type CustomerAnswer = (typeof CUSTOMER_ANSWERS)[number];

export const SANDBOX_ERRORS = {
  no_action_pending: { status: 409, message: "The payment does not wait for its customer" },
  sandbox_is_silent: {
    status: 409,
    message: "There is no sandbox here that sends webhooks: it needs a webhook secret",
  },
} as const satisfies Record<string, Refusal>;

export const SANDBOX_ACTIONS = {
  completeAction: {
    access: "operations",
    idempotent: true,
    params: { orderId: Uuid, outcome: OneOf(CUSTOMER_ANSWERS) },
    result: Type.Object({ orderId: Uuid, status: OneOf(INTENT_STATES) }),
    refusals: ["payment_not_found", "no_action_pending", "sandbox_is_silent"],
    http: {
      method: "POST",
      path: "/v1/sandbox/payment-authentications",
      summary: "Plays the customer at the sandbox's page, who approves or declines a payment",
      example: { outcome: "approved" },
      follows: { action: "orders.place", with: { orderId: "$response.body#/id" } },
    },
  },
} as const satisfies Record<string, ActionContract>;
