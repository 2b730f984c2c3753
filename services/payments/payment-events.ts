// What the shop is told of a payment, from what its provider answered.
import type { Origin } from "../../contract/events/domain-event.ts";
import type { EventOf } from "../../contract/events/events.ts";
import type { Money } from "../../contract/money.ts";
import type { ProviderOutcome } from "./providers/provider.ts";

export type PaymentEvent = EventOf<
  "payments.authorized" | "payments.failed" | "payments.action_required" | "payments.voided"
>;

export interface Told {
  orderId: string;
  amount: Money;
  outcome: ProviderOutcome;
  version: number;
  at: Date;
  origin: Origin;
}

export function eventOf({ orderId, amount, outcome, version, at, origin }: Told): PaymentEvent {
  const about = { aggregateId: orderId, aggregateVersion: version, occurredAt: at, origin };
  const facts = { orderId, amount, providerId: outcome.providerId };
  switch (outcome.kind) {
    case "authorized":
      return { ...about, type: "payments.authorized", data: facts };
    case "declined":
      return { ...about, type: "payments.failed", data: { ...facts, declineCode: outcome.code } };
    case "action_required":
      return { ...about, type: "payments.action_required", data: facts };
    case "canceled":
      return { ...about, type: "payments.voided", data: facts };
  }
}
