// The scripted payment provider: behaves as its test methods say, and remembers what it charged in a database of its own.
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../../../../database/clock.ts";
import type { Database } from "../../../../database/database.ts";
import { gather } from "../../../../database/gather.ts";
import { type PaymentProvider, ProviderUnreachable } from "../provider.ts";
import { signWebhook } from "../signatures.ts";
import { type Charge, cancelCharge, charge, findCharge } from "./charge-ledger.ts";
import { completeCharge } from "./complete-charge.ts";
import { TEST_METHODS, type TestMethod } from "./test-methods.ts";
import { readWebhook, writeWebhook } from "./webhook.ts";

/** Of its own, as a real provider's would be. */
export const SANDBOX_DATABASE = { name: "sandbox", migrations: join(import.meta.dirname, "migrations") };

export interface SandboxOptions {
  /** The sandbox's own, not the shop's. */
  db: Database;
  clock: Clock;
  /** How long `pm_sandbox_slow` takes, in milliseconds. */
  slowMs: number;
  /** The first signs. Without one the sandbox sends no webhooks, and nobody can answer in the customer's place. */
  webhookSecrets?: readonly string[];
}

export function sandboxProvider({ db, clock, slowMs, webhookSecrets: [secret] = [] }: SandboxOptions): PaymentProvider {
  const enter = gather((charges: readonly Charge[]) => charge(db, charges, clock()));

  const completeAction: PaymentProvider["completeAction"] =
    secret === undefined
      ? undefined
      : async (key, answer, deliver) => {
          const completion = await completeCharge(db, { key, answer, now: clock() });
          if (completion === undefined) return false;
          const payload = writeWebhook(completion);
          await deliver(payload, signWebhook(payload, secret, clock()));
          return true;
        };

  return {
    name: "sandbox",
    knows: async (method) => Object.hasOwn(TEST_METHODS, method),
    find: (key) => findCharge(db, key),
    cancel: (request) => cancelCharge(db, request, clock()),
    async authorize(request) {
      const { outcome, declineCode = null, cut, slow } = TEST_METHODS[request.method] ?? UNKNOWN;
      if (cut === "before") throw new ProviderUnreachable("the connection was cut before the charge");
      if (slow) await pause(slowMs);
      const entered = await enter({ ...request, status: outcome, declineCode });
      if (cut === "after") throw new ProviderUnreachable("the connection was cut after the charge");
      return entered;
    },
    readWebhook,
    ...(completeAction && { completeAction }),
  };
}

const UNKNOWN: TestMethod = { outcome: "declined", declineCode: "unknown_payment_method" };
