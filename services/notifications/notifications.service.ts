// Tells customers what became of their orders. It is asked nothing by other services: it consumes their events.
import type { ServiceSchema } from "moleculer";
import { actionsOf, subscriptionsOf } from "../../contract/typed.ts";
import { type Clock, systemClock } from "../../database/clock.ts";
import type { Database, Tx } from "../../database/database.ts";
import type { Subscriptions } from "../../events/subscription.ts";
import { databaseMixin } from "../../mixins/database.mixin.ts";
import { recurringMixin } from "../../mixins/recurring.mixin.ts";
import { mailPace } from "./mail-pace.ts";
import type { Mailer } from "./mailers/mailer.ts";
import { notifications } from "./notifications.contract.ts";
import { defineDelivery } from "./notifications.model.ts";
import { listDeliveries } from "./read-deliveries.ts";
import { sendDeliveries } from "./send-deliveries.ts";
import { type ToTell, tellCustomers } from "./tell-customers.ts";

export interface NotificationsOptions {
  db: Database;
  /** Closed when the service stops. */
  mailer: Mailer;
  /** Sender of every mail, `Shop <shop@example.com>`. */
  from?: string;
  clock?: Clock;
  /** Pause between two looks for mail that is due, in milliseconds. */
  sendEveryMs?: number;
}

const group = "notifications-mail";

export function notificationsService({
  db,
  mailer,
  from = "Moleculer Commerce <shop@localhost>",
  clock = systemClock,
  sendEveryMs = 1_000,
}: NotificationsOptions): ServiceSchema & { subscriptions: Subscriptions } {
  const model = defineDelivery(db.sequelize);
  const stopping = new AbortController();
  const pace = mailPace();
  const handler = async (tx: Tx, events: readonly ToTell[]) => tellCustomers(tx, events, clock());

  return {
    name: "notifications",
    mixins: [
      recurringMixin({
        name: "sending mail",
        everyMs: sendEveryMs,
        run: () => sendDeliveries({ db, mailer, from, clock, signal: stopping.signal, most: pace() }),
      }),
      // Between the two: it outlives the run that is under way.
      { stopped: () => mailer.close() },
      databaseMixin({ db, name: "notifications", model }),
    ],
    actions: actionsOf(notifications, {
      deliveries: ({ params }) => listDeliveries(model, params),
    }),
    subscriptions: subscriptionsOf({
      "orders.confirmed": { group, handler },
      "orders.shipped": { group, handler },
      "orders.payment_failed": { group, handler },
    }),
    async stopped() {
      stopping.abort();
    },
  };
}
