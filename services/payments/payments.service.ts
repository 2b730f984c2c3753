// Sole owner of money: one intent per order, a provider behind an interface, a ledger.
import { join } from "node:path";
import type { ServiceSchema } from "moleculer";
import { actionsOf, type Caller, call, originOf } from "../../contract/typed.ts";
import { type Clock, systemClock } from "../../database/clock.ts";
import type { Database } from "../../database/database.ts";
import { gather } from "../../database/gather.ts";
import { databaseMixin } from "../../mixins/database.mixin.ts";
import { kafkaBridge } from "../../mixins/kafka-bridge.mixin.ts";
import { describeService } from "../../mixins/service.ts";
import { authorizePayment } from "./authorizing/authorize-payment.ts";
import { type IntentRequest, openIntents } from "./authorizing/open-intents.ts";
import { amountDiffers } from "./errors.ts";
import { voidPayment } from "./giving-back/void-payment.ts";
import { payments } from "./payments.contract.ts";
import type { PaymentProvider } from "./providers/provider.ts";
import { providersByName } from "./providers/providers.ts";
import { completeAction } from "./providers/sandbox/complete-action.ts";
import { type Deliver, SANDBOX_DATABASE, sandboxProvider } from "./providers/sandbox/sandbox.ts";
import { type Outcome, recordOutcomes } from "./record-outcomes.ts";
import { receiveWebhook, signaturesIn } from "./webhooks/receive-webhook.ts";

const DATABASE = { name: "payments", migrations: join(import.meta.dirname, "migrations") };

export interface PaymentsOptions {
  db: Database;
  /** New payments go to the first. */
  providers: readonly PaymentProvider[];
  clock?: Clock;
}

export function paymentsService({ db, providers: list, clock = systemClock }: PaymentsOptions): ServiceSchema {
  const providers = providersByName(list);
  const { standard } = providers;
  const open = gather((requests: readonly IntentRequest[]) =>
    openIntents(db, requests, { provider: standard, now: clock() }),
  );
  const record = gather((outcomes: readonly Outcome[]) => recordOutcomes(db, outcomes, clock()));

  return {
    name: "payments",
    mixins: [kafkaBridge({ db, name: "payments" }), databaseMixin({ db, plan: DATABASE })],
    actions: actionsOf(payments, {
      checkMethod: async ({ params }) => ({ known: await standard.knows(params.method) }),
      async authorize(ctx) {
        const { params } = ctx;
        const origin = originOf(ctx);
        const intent = await open({ ...params, origin });
        const { id, orderId, amount } = intent;
        if (amount.amount !== params.amount.amount || amount.currency !== params.amount.currency) {
          throw amountDiffers(orderId);
        }
        const provider = providers.of(intent);
        return { id, orderId, amount, ...(await authorizePayment(intent, { db, clock, provider, origin, record })) };
      },
      void: (ctx) => voidPayment(ctx.params.orderId, { db, providers, origin: originOf(ctx), record }),
      receiveWebhook: async (ctx) => {
        const { provider, payload } = ctx.params;
        const webhook = { provider, payload, headers: signaturesIn(ctx.params) };
        return { received: await receiveWebhook(webhook, { db, clock, providers, origin: originOf(ctx), record }) };
      },
      completeAction: (ctx) => completeAction(ctx.params, { db, providers, deliver: deliverBy(ctx) }),
    }),
  };
}

/** A webhook of the sandbox takes the way of every other: through the action that the gateway calls. */
const deliverBy =
  (via: Caller): Deliver =>
  (payload, signature) =>
    call(via, "payments.receiveWebhook", { provider: "sandbox", payload, signature });

export default describeService({
  contract: payments,
  databases: [DATABASE, SANDBOX_DATABASE],
  needs: [],
  make: ({ db, clock, settings: { sandbox } }) =>
    paymentsService({
      db: db("payments"),
      clock,
      providers: [sandboxProvider({ db: db("sandbox"), clock, ...sandbox })],
    }),
});
