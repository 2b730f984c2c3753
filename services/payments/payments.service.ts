// Sole owner of money: one intent per order, a provider behind an interface, a ledger.
import { join } from "node:path";
import type { ServiceSchema } from "moleculer";
import { type Asking, actionsOf, call, originOf } from "../../contract/typed.ts";
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
import type { Deliver, PaymentProvider } from "./providers/provider.ts";
import { completeAction } from "./providers/sandbox/complete-action.ts";
import { SANDBOX_DATABASE, sandboxProvider } from "./providers/sandbox/sandbox.ts";
import { assertSecrets } from "./providers/signatures.ts";
import { type Outcome, recordOutcomes } from "./record-outcomes.ts";
import { receiveWebhook } from "./webhooks/receive-webhook.ts";

const DATABASE = { name: "payments", migrations: join(import.meta.dirname, "migrations") };

export interface PaymentsOptions {
  db: Database;
  provider: PaymentProvider;
  clock?: Clock;
  /** Each verifies webhooks; without one every webhook is refused. */
  webhookSecrets?: readonly string[];
}

export function paymentsService({
  db,
  provider,
  clock = systemClock,
  webhookSecrets: secrets = [],
}: PaymentsOptions): ServiceSchema {
  assertSecrets(secrets);
  const open = gather((requests: readonly IntentRequest[]) =>
    openIntents(db, requests, { provider: provider.name, now: clock() }),
  );
  const record = gather((outcomes: readonly Outcome[]) => recordOutcomes(db, outcomes, clock()));

  return {
    name: "payments",
    mixins: [kafkaBridge({ db, name: "payments" }), databaseMixin({ db, plan: DATABASE })],
    actions: actionsOf(payments, {
      checkMethod: async ({ params }) => ({ known: await provider.knows(params.method) }),
      async authorize(ctx) {
        const { params } = ctx;
        const origin = originOf(ctx);
        const intent = await open({ ...params, origin });
        const { id, orderId, amount } = intent;
        if (amount.amount !== params.amount.amount || amount.currency !== params.amount.currency) {
          throw amountDiffers(orderId);
        }
        return { id, orderId, amount, ...(await authorizePayment(intent, { provider, origin, record })) };
      },
      void: (ctx) => voidPayment(ctx.params.orderId, { db, provider, origin: originOf(ctx), record }),
      receiveWebhook: async (ctx) => ({
        received: await receiveWebhook(ctx.params, { db, clock, provider, secrets, origin: originOf(ctx), record }),
      }),
      completeAction: (ctx) => completeAction(ctx.params, { db, provider, deliver: deliverBy(provider.name, ctx) }),
    }),
  };
}

/** A webhook of the sandbox takes the way of every other: through the action that the gateway calls. */
const deliverBy =
  (provider: string, ctx: Asking<unknown>): Deliver =>
  (payload, signature) =>
    call(ctx, "payments.receiveWebhook", { provider, payload, signature });

export default describeService({
  contract: payments,
  databases: [DATABASE, SANDBOX_DATABASE],
  needs: [],
  make: ({ db, clock, settings: { sandbox } }) =>
    paymentsService({
      db: db("payments"),
      clock,
      provider: sandboxProvider({ db: db("sandbox"), clock, ...sandbox }),
      webhookSecrets: sandbox.webhookSecrets,
    }),
});
