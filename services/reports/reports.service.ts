// What was sold, as read models built from events alone.
import { join } from "node:path";
import type { Service, ServiceSchema } from "moleculer";
import { actionsOf } from "../../contract/typed.ts";
import type { Database } from "../../database/database.ts";
import { type Subscriptions, subscriptionsOf } from "../../events/subscription.ts";
import { databaseMixin } from "../../mixins/database.mixin.ts";
import { kafkaBridge } from "../../mixins/kafka-bridge.mixin.ts";
import { describeService } from "../../mixins/service.ts";
import { applySales } from "./apply-sales.ts";
import { readSales } from "./read-sales.ts";
import { rebuildSales, SALES_GROUP } from "./rebuild-sales.ts";
import { reports } from "./reports.contract.ts";
import { rebuildIn } from "./sales-time-zone.ts";

const DATABASE = { name: "reports", migrations: join(import.meta.dirname, "migrations") };

export interface ReportsOptions {
  db: Database;
  /** The shop's, by its IANA name. */
  timeZone?: string;
}

export function reportsService({ db, timeZone = "UTC" }: ReportsOptions): ServiceSchema & {
  subscriptions: Subscriptions;
} {
  return {
    name: "reports",
    mixins: [kafkaBridge({ db, name: "reports" }), databaseMixin({ db, plan: DATABASE })],
    actions: actionsOf(reports, {
      sales: ({ params }) => readSales(db, params),
      rebuild: async () => {
        await rebuildSales(db);
        return { status: "REBUILDING" as const };
      },
    }),
    subscriptions: subscriptionsOf({
      "orders.confirmed": { group: SALES_GROUP, handler: applySales },
    }),
    async started(this: Service) {
      if (await rebuildIn(db, timeZone)) this.logger.warn(`the sales report is built anew, in days of ${timeZone}`);
    },
  };
}

export default describeService({
  contract: reports,
  databases: [DATABASE],
  needs: [],
  make: ({ db, settings }) => reportsService({ db: db("reports"), timeZone: settings.timeZone }),
});
