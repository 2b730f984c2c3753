// Sole owner of money: one intent per order, a provider behind an interface, a ledger.
import type { ServiceSchema } from "moleculer";
import { type Clock, systemClock } from "../../mixins/clock.ts";
import { databaseMixin } from "../../mixins/database/database.mixin.ts";
import type { Database } from "../../mixins/database/database.ts";
import { gather } from "../../mixins/gather.ts";
import { actionsOf } from "../typed.ts";
import { authorizePayment } from "./authorize-payment.ts";
import { amountDiffers } from "./errors.ts";
import { type IntentRequest, openIntents } from "./open-intents.ts";
import { payments } from "./payments.contract.ts";
import { definePaymentIntent } from "./payments.model.ts";
import type { PaymentProvider } from "./providers/provider.ts";
import { type Outcome, recordOutcomes } from "./record-outcomes.ts";
import { voidPayment } from "./void-payment.ts";

export interface PaymentsOptions {
  db: Database;
  provider: PaymentProvider;
  clock?: Clock;
}

export function paymentsService({ db, provider, clock = systemClock }: PaymentsOptions): ServiceSchema {
  const open = gather((requests: readonly IntentRequest[]) =>
    openIntents(db, requests, { provider: provider.name, now: clock() }),
  );
  const record = gather((outcomes: readonly Outcome[]) => recordOutcomes(db, outcomes, clock()));

  return {
    name: "payments",
    mixins: [databaseMixin({ db, name: "payments", model: definePaymentIntent(db.sequelize) })],
    actions: actionsOf(payments, {
      checkMethod: async ({ params }) => ({ known: await provider.knows(params.method) }),
      async authorize({ params }) {
        const intent = await open(params);
        const { id, orderId, amount } = intent;
        if (amount.amount !== params.amount.amount || amount.currency !== params.amount.currency) {
          throw amountDiffers(orderId);
        }
        return { id, orderId, amount, ...(await authorizePayment(intent, { provider, record })) };
      },
      void: ({ params }) => voidPayment(params.orderId, { db, provider, record }),
    }),
  };
}
