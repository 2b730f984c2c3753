// The scripted payment provider: behaves as its test methods say, and remembers what it charged in a database of its own.
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../../../../mixins/clock.ts";
import type { Database } from "../../../../mixins/database/database.ts";
import { gather } from "../../../../mixins/gather.ts";
import { type PaymentProvider, ProviderUnreachable } from "../provider.ts";
import { type Charge, cancelCharge, charge, findCharge } from "./charge-ledger.ts";
import { TEST_METHODS, type TestMethod } from "./test-methods.ts";

export interface SandboxOptions {
  /** The sandbox's own, not the shop's. */
  db: Database;
  clock: Clock;
  /** How long `pm_sandbox_slow` takes, in milliseconds. */
  slowMs: number;
}

export function sandboxProvider({ db, clock, slowMs }: SandboxOptions): PaymentProvider {
  const enter = gather((charges: readonly Charge[]) => charge(db, charges, clock()));

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
  };
}

const UNKNOWN: TestMethod = { outcome: "declined", declineCode: "unknown_payment_method" };
