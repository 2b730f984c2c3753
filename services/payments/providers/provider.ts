// What the shop needs of a payment provider. A payment is opened first, which gives its id and moves no money, and then
// authorized. A request carries the intent's key as well, which makes it harmless when it is repeated; but a provider forgets
// keys, and cannot be asked by one: what became of a payment is asked by its id.
import type { Money } from "../../../contract/money.ts";

export type ProviderOutcome =
  | { kind: "authorized"; providerId: string }
  | { kind: "declined"; providerId: string; code: string }
  | { kind: "action_required"; providerId: string }
  | { kind: "canceled"; providerId: string };

export interface PaymentTerms {
  key: string;
  amount: Money;
  method: string;
}
/** About a payment that is open. */
export interface PaymentRequest extends PaymentTerms {
  providerId: string;
}

/** What a webhook says that it is about. Its other claims are not read: the provider is asked. */
export interface WebhookEvent {
  /** The provider's, the same whenever the event is sent again. */
  id: string;
  type: string;
  /** The payment; null for an event about something else. */
  providerId: string | null;
}

export interface Webhook {
  /** The body as it came. */
  payload: string;
  /** By their names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
}
export type WebhookReading =
  | { verdict: "genuine"; event: WebhookEvent }
  | { verdict: "forged" | "stale" | "unreadable" };

export interface PaymentProvider {
  /** Written with every intent, which goes to the provider of this name for all its life. */
  name: string;
  /** Milliseconds for which a repeated key is certain to be known for one. */
  keepsKeysMs: number;
  /** False for a payment method that the provider is sure not to know. */
  knows(method: string): Promise<boolean>;
  /**
   * How a payment comes by its id. `ours`: the provider takes one that we choose, which is stored with the intent itself.
   * `theirs`: it is asked for one, without money moving, and that is stored before anything else is asked.
   * @throws ProviderUnreachable
   */
  open: { by: "ours"; chooseId(): string } | { by: "theirs"; openPayment(terms: PaymentTerms): Promise<string> };
  /** @throws ProviderUnreachable when there is no answer: it charged or it did not. */
  authorize(request: PaymentRequest): Promise<ProviderOutcome>;
  /** What became of a payment; null when it charged nothing. @throws ProviderUnreachable */
  find(providerId: string): Promise<ProviderOutcome | null>;
  /**
   * Gives an authorization back. Of a payment that was never authorized it makes sure that it never will be: a request that
   * arrives later finds it canceled. @throws ProviderUnreachable
   */
  cancel(request: PaymentRequest): Promise<ProviderOutcome>;
  /** Judges by the provider's own secrets whether a webhook is its word, and if so reads it. */
  readWebhook(webhook: Webhook, now: Date): Promise<WebhookReading>;
}

/** No answer came. The outcome is unknown, and only the provider knows it. */
export class ProviderUnreachable extends Error {}

/** What an answer is, or undefined when none came. */
export async function unlessUnreachable<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ProviderUnreachable) return undefined;
    throw error;
  }
}
