// The life of a payment intent: state -> event -> next state. UNKNOWN is left only by what the provider says.

export const INTENT_STATES = [
  "PROCESSING",
  "REQUIRES_ACTION",
  "UNKNOWN",
  "REQUIRES_CAPTURE",
  "FAILED",
  "CANCELED",
] as const;
export type IntentState = (typeof INTENT_STATES)[number];

export type IntentEvent = "authorized" | "declined" | "action_required" | "lost" | "voided";

export const INTENT_LIFE: Record<IntentState, Partial<Record<IntentEvent, IntentState>>> = {
  PROCESSING: {
    authorized: "REQUIRES_CAPTURE",
    declined: "FAILED",
    action_required: "REQUIRES_ACTION",
    lost: "UNKNOWN",
    voided: "CANCELED",
  },
  UNKNOWN: {
    authorized: "REQUIRES_CAPTURE",
    declined: "FAILED",
    action_required: "REQUIRES_ACTION",
    lost: "UNKNOWN",
    voided: "CANCELED",
  },
  REQUIRES_ACTION: { authorized: "REQUIRES_CAPTURE", declined: "FAILED", voided: "CANCELED" },
  REQUIRES_CAPTURE: { voided: "CANCELED" },
  FAILED: {},
  CANCELED: {},
};
