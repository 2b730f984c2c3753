// The sandbox's payment methods, like a provider's test cards. Names follow Stripe's where Stripe has one.

export interface TestMethod {
  outcome: "authorized" | "declined" | "action_required";
  declineCode?: string;
  /** Where the connection is cut: before the charge is made, or after it but before the answer. */
  cut?: "before" | "after";
  /** The answer takes longer than the shop lets its customers wait. */
  slow?: true;
}

export const TEST_METHODS: Readonly<Record<string, TestMethod>> = {
  pm_card_visa: { outcome: "authorized" },
  pm_card_visa_chargeDeclined: { outcome: "declined", declineCode: "card_declined" },
  pm_card_visa_chargeDeclinedInsufficientFunds: { outcome: "declined", declineCode: "insufficient_funds" },
  pm_card_threeDSecure2Required: { outcome: "action_required" },
  pm_sandbox_timeoutBeforeCharge: { outcome: "authorized", cut: "before" },
  pm_sandbox_timeoutAfterCharge: { outcome: "authorized", cut: "after" },
  pm_sandbox_slow: { outcome: "authorized", slow: true },
};
