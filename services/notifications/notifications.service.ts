// Tells customers what became of their orders, of which it hears by their events.
import { join } from "node:path";
import type { ServiceSchema } from "moleculer";
import { actionsOf, call } from "../../contract/typed.ts";
import { type Clock, systemClock } from "../../database/clock.ts";
import type { Database, Tx } from "../../database/database.ts";
import { type Subscriptions, subscriptionsOf } from "../../events/subscription.ts";
import { databaseMixin } from "../../mixins/database.mixin.ts";
import { kafkaBridge } from "../../mixins/kafka-bridge.mixin.ts";
import { plainReads } from "../../mixins/plain-reads.ts";
import { recurringMixin } from "../../mixins/recurring.mixin.ts";
import { describeService } from "../../mixins/service.ts";
import { type MailRequested, noteAccountMails } from "./accounts/note-account-mails.ts";
import { sendAccountMails } from "./accounts/send-account-mails.ts";
import { checkTemplates } from "./composing/check-templates.ts";
import { composeDeliveries } from "./composing/compose-deliveries.ts";
import { openTemplates, type Templates } from "./composing/templates.ts";
import type { Shop } from "./composing/write-order.ts";
import { mailPace } from "./mail-pace.ts";
import { fileMailer } from "./mailers/file-mailer.ts";
import type { Mailer } from "./mailers/mailer.ts";
import { smtpMailer } from "./mailers/smtp-mailer.ts";
import { notifications } from "./notifications.contract.ts";
import { defineDelivery } from "./notifications.model.ts";
import { listDeliveries } from "./read-deliveries.ts";
import { sendDeliveries } from "./send-deliveries.ts";
import { type ToTell, tellCustomers } from "./tell-customers.ts";

const DATABASE = { name: "notifications", migrations: join(import.meta.dirname, "migrations") };

export interface NotificationsOptions {
  db: Database;
  /** Closed when the service stops. */
  mailer: Mailer;
  /** Sender of every mail, `Shop <shop@example.com>`. */
  from?: string;
  /** Those that come with the service unless others are given. */
  templates?: Templates;
  shop?: Shop;
  clock?: Clock;
  /** Pause between two looks for mail that is due, in milliseconds. */
  sendEveryMs?: number;
}

const group = "notifications-mail";

export function notificationsService({
  db,
  mailer,
  from = "Moleculer Commerce <shop@localhost>",
  templates = openTemplates(),
  shop = { name: "Moleculer Commerce", timeZone: "UTC" },
  clock = systemClock,
  sendEveryMs = 1_000,
}: NotificationsOptions): ServiceSchema & { subscriptions: Subscriptions } {
  const deliveries = plainReads(db, defineDelivery(db.sequelize), { key: "id", kind: "uuid", descending: true });
  const stopping = new AbortController();
  const pace = mailPace();
  const handler = async (tx: Tx, events: readonly ToTell[]) => tellCustomers(tx, events, clock());

  return {
    name: "notifications",
    mixins: [
      recurringMixin({
        name: "sending mail",
        everyMs: sendEveryMs,
        run: async ({ broker }) => {
          const most = pace();
          const addressesOf = (ids: readonly string[]) =>
            call(broker, "orders.addressesOf", { ids: [...ids] }, { caller: "notifications" });
          const unverified = async (userIds: readonly string[]) =>
            (await call(broker, "auth.unverified", { userIds: [...userIds] }, { caller: "notifications" })).ids;
          await composeDeliveries({ db, templates, shop, clock, addressesOf, unverified, most });
          await sendDeliveries({ db, mailer, from, clock, signal: stopping.signal, most });
        },
      }),
      recurringMixin({
        name: "sending account mail",
        everyMs: sendEveryMs,
        run: async ({ broker }) => {
          const caller = { caller: "notifications" };
          const codeOf = (requestId: string) => call(broker, "auth.issueCode", { requestId }, caller);
          const languageOf = async (id: string) =>
            (await call(broker, "users.byIds", { ids: [id] }, caller))[0]?.language ?? null;
          await sendAccountMails({ db, mailer, from, templates, shop, clock, codeOf, languageOf });
        },
      }),
      // Between the two: it outlives the run that is under way.
      { stopped: () => mailer.close() },
      kafkaBridge({ db, name: "notifications" }),
      deliveries.mixin,
      databaseMixin({ db, plan: DATABASE }),
    ],
    actions: actionsOf(notifications, {
      deliveries: ({ params }) => listDeliveries(deliveries, params),
    }),
    subscriptions: subscriptionsOf({
      "orders.confirmed": { group, handler },
      "orders.rejected": { group, handler },
      "orders.payment_failed": { group, handler },
      "orders.expired": { group, handler },
      "auth.mail_requested": {
        group: "notifications-accounts",
        handler: async (tx: Tx, events: readonly MailRequested[]) => noteAccountMails(tx, events, clock()),
      },
    }),
    async stopped() {
      stopping.abort();
    },
  };
}

const NO_SERVER =
  "SMTP_URL is missing: outside embedded mode mail is sent, and not left in a folder. MAIL_TO_FOLDER=true asks for that.";

export default describeService({
  contract: notifications,
  databases: [DATABASE],
  needs: ["orders", "auth", "users"],
  make: ({ db, clock, settings, log }) => {
    const { dataDir, mail, shop: own, timeZone } = settings;
    const shop = { ...own, timeZone };
    const templates = openTemplates(mail.templates);
    checkTemplates(templates, shop);
    for (const mailKind of templates.missing) log("mail").warn(`no templates of ${mailKind}: it is written in English`);
    if (mail.smtpUrl === undefined && !mail.toFolder) throw new Error(NO_SERVER);
    const mailer =
      mail.smtpUrl === undefined
        ? fileMailer({ folder: join(dataDir, "mail"), log: log("mail") })
        : smtpMailer({ url: mail.smtpUrl });
    return notificationsService({ db: db("notifications"), clock, from: mail.from, mailer, templates, shop });
  },
});
