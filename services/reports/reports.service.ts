// What was sold, as read models built from events alone.
import type { ServiceSchema } from "moleculer";
import { actionsOf, subscriptionsOf } from "../../contract/typed.ts";
import type { Database } from "../../database/database.ts";
import type { Subscriptions } from "../../events/subscription.ts";
import { databaseMixin } from "../../mixins/database.mixin.ts";
import { applySales } from "./apply-sales.ts";
import { readSales } from "./read-sales.ts";
import { rebuildSales, SALES_GROUP } from "./rebuild-sales.ts";
import { reports } from "./reports.contract.ts";
import { defineReportsModels } from "./reports.model.ts";

export interface ReportsOptions {
  db: Database;
}

export function reportsService({ db }: ReportsOptions): ServiceSchema & { subscriptions: Subscriptions } {
  const { CountrySales } = defineReportsModels(db.sequelize);

  return {
    name: "reports",
    mixins: [databaseMixin({ db, name: "reports", model: CountrySales })],
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
  };
}
