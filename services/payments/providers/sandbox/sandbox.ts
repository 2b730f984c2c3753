// The scripted payment provider: behaves as its test methods say, and remembers what it charged in a database of its own.
import { randomUUIDv7 } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../../../../database/clock.ts";
import type { Database } from "../../../../database/database.ts";
import { gather } from "../../../../database/gather.ts";
import { type PaymentProvider, ProviderUnreachable } from "../provider.ts";
import { assertSecrets, judgeWebhook, signWebhook } from "../signatures.ts";
import { type Charge, cancelCharge, charge, findCharge, findIdByKey } from "./charge-ledger.ts";
import { completeCharge } from "./complete-charge.ts";
import type { CustomerAnswer } from "./sandbox.contract.ts";
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
  /** The first signs, all are accepted. Without one there are no webhooks, and nobody can answer in the customer's place. */
  webhookSecrets?: readonly string[];
}

/** Takes a webhook to the shop. */
export type Deliver = (payload: string, signature: string) => Promise<unknown>;

export interface Sandbox extends PaymentProvider {
  /**
   * Answers in the customer's place, once, and delivers the webhook that tells of it. False when the charge does not wait for
   * its customer, or got another answer before. Absent where nobody could sign the webhook.
   */
  completeAction?(key: string, answer: CustomerAnswer, deliver: Deliver): Promise<boolean>;
}

const SIGNATURE = "webhook-signature";

/** @throws Error for a secret that could be guessed */
export function sandboxProvider({ db, clock, slowMs, webhookSecrets: secrets = [] }: SandboxOptions): Sandbox {
  assertSecrets(secrets);
  const [secret] = secrets;
  const enter = gather((charges: readonly Charge[]) => charge(db, charges, clock()));

  const completeAction: Sandbox["completeAction"] =
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
    // Its ledger forgets nothing.
    keepsKeysMs: Number.POSITIVE_INFINITY,
    knows: async (method) => Object.hasOwn(TEST_METHODS, method),
    open: { by: "ours", chooseId: randomUUIDv7 },
    find: (providerId) => findCharge(db, providerId),
    cancel: (request) => cancelCharge(db, request, clock()),
    async authorize(request) {
      const { outcome, declineCode = null, cut, slow } = TEST_METHODS[request.method] ?? UNKNOWN;
      if (cut === "before") throw new ProviderUnreachable("the connection was cut before the charge");
      if (slow) await pause(slowMs);
      const entered = await enter({ ...request, status: outcome, declineCode });
      if (cut === "after") throw new ProviderUnreachable("the connection was cut after the charge");
      return entered;
    },
    async readWebhook({ payload, headers }, now) {
      const verdict = judgeWebhook({ payload, signature: headers[SIGNATURE] }, secrets, now);
      if (verdict !== "genuine") return { verdict };
      const read = readWebhook(payload);
      if (read === undefined) return { verdict: "unreadable" };
      const { key, ...event } = read;
      // A charge may be named by its key alone.
      const providerId = event.providerId ?? (key === null ? null : await findIdByKey(db, key));
      return { verdict, event: { ...event, providerId } };
    },
    ...(completeAction && { completeAction }),
  };
}

const UNKNOWN: TestMethod = { outcome: "declined", declineCode: "unknown_payment_method" };
