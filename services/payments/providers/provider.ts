// What the shop needs of a payment provider. Every call carries the intent's key, and a key stands for one charge for ever.
import type { Money } from "../../money.ts";

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
}

/** No answer came. The outcome is unknown, and only the provider knows it. */
export class ProviderUnreachable extends Error {}
