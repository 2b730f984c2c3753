// A payment provider in memory with the manners of real ones: it gives its own ids, knows a repeated key for a day, and can be
// asked by ids alone. It fails where a test says so, before or after it did what it was asked.
import { randomUUID } from "node:crypto";
import type { PaymentProvider, PaymentRequest, ProviderOutcome } from "../providers/provider.ts";

type Step = "open" | "authorize" | "find" | "cancel";
type Failing = Partial<Record<Step, { before?: () => Promise<never>; after?: () => Promise<never> }>>;

export interface Bank {
  provider: PaymentProvider;
  failing: Failing;
  /** What it was asked, in order. */
  asked: Step[];
  /** How often it took money. */
  charged(): number;
  /** Of the payments that took money. */
  ids(): string[];
}

const DAY_MS = 24 * 3_600_000;

export function openBank(name: string, clock: () => Date): Bank {
  const charges: { id: string; key: string; at: Date; outcome: ProviderOutcome["kind"] }[] = [];
  const closed = new Set<string>();
  const outcomeOf = (id: string): ProviderOutcome | null => {
    const charge = charges.find((each) => each.id === id);
    if (closed.has(id)) return { kind: "canceled", providerId: id };
    return charge === undefined ? null : { kind: "authorized", providerId: id };
  };

  async function serve<T>(step: Step, work: () => T): Promise<T> {
    bank.asked.push(step);
    await bank.failing[step]?.before?.();
    const result = work();
    await bank.failing[step]?.after?.();
    return result;
  }

  function charge({ providerId: id, key }: PaymentRequest): ProviderOutcome {
    const repeated = charges.find((each) => each.key === key && clock().getTime() - each.at.getTime() < DAY_MS);
    const known = outcomeOf(repeated?.id ?? id);
    if (known !== null) return known;
    charges.push({ id, key, at: clock(), outcome: "authorized" });
    return { kind: "authorized", providerId: id };
  }

  const bank: Bank = {
    failing: {},
    asked: [],
    charged: () => charges.length,
    ids: () => charges.map(({ id }) => id),
    provider: {
      name,
      keepsKeysMs: DAY_MS,
      knows: async () => true,
      open: { by: "theirs", openPayment: () => serve("open", randomUUID) },
      authorize: (request) => serve("authorize", () => charge(request)),
      find: (id) => serve("find", () => outcomeOf(id)),
      cancel: ({ providerId }) =>
        serve("cancel", () => {
          closed.add(providerId);
          return { kind: "canceled", providerId };
        }),
      readWebhook: async ({ payload, headers }) =>
        headers["webhook-signature"] === name
          ? { verdict: "genuine", event: JSON.parse(payload) }
          : { verdict: "forged" },
    },
  };
  return bank;
}
