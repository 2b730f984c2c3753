// What the shop needs of a payment provider. Every call carries the intent's key, and a key stands for one charge for ever.
import type { Money } from "../../../contract/money.ts";

export type ProviderOutcome =
  | { kind: "authorized"; providerId: string }
  | { kind: "declined"; providerId: string; code: string }
  | { kind: "action_required"; providerId: string }
  | { kind: "canceled"; providerId: string };

export interface AuthorizationRequest {
  key: string;
  amount: Money;
  method: string;
}

/** What a webhook says that it is about. Its other claims are not read: the provider is asked. */
export interface WebhookEvent {
  /** The provider's, the same whenever the event is sent again. */
  id: string;
  type: string;
  /** The key of the charge; null for an event about something else. */
  key: string | null;
}

/** What a customer says who is asked for more than a card. */
export const CUSTOMER_ANSWERS = ["approved", "declined"] as const;
export type CustomerAnswer = (typeof CUSTOMER_ANSWERS)[number];
/** Takes a webhook to the shop. */
export type Deliver = (payload: string, signature: string) => Promise<unknown>;

export interface PaymentProvider {
  name: string;
  /** False for a payment method that the provider is sure not to know. */
  knows(method: string): Promise<boolean>;
  /** @throws ProviderUnreachable when there is no answer: it charged or it did not. */
  authorize(request: AuthorizationRequest): Promise<ProviderOutcome>;
  /** What became of a key; null when it charged nothing under it. @throws ProviderUnreachable */
  find(key: string): Promise<ProviderOutcome | null>;
  /**
   * Gives an authorization back. Of a key never seen it makes sure that it never will charge: a request under it that
   * arrives later finds it canceled. @throws ProviderUnreachable
   */
  cancel(request: AuthorizationRequest): Promise<ProviderOutcome>;
  /** Reads a webhook whose signature holds; undefined when it is none of this provider's form. */
  readWebhook(payload: string): WebhookEvent | undefined;
  /**
   * A sandbox that signs webhooks alone: answers in the customer's place, once, and delivers the webhook that tells of it.
   * False when the charge does not wait for its customer, or got another answer before.
   */
  completeAction?(key: string, answer: CustomerAnswer, deliver: Deliver): Promise<boolean>;
}

/** No answer came. The outcome is unknown, and only the provider knows it. */
export class ProviderUnreachable extends Error {}
