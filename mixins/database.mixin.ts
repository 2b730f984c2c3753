// Gives a service its own database. Foundation of every service that owns tables: list it last in `mixins`, so that it starts
// first. Refuses to start on a schema that is older than the code, or that broke it.
import type { Middleware, Service, ServiceSchema } from "moleculer";
import type { Database } from "../database/database.ts";
import { assertSchemaFits } from "../database/migrate.ts";
import { type DatabasePlan, migrationFolders } from "../database/read-migrations.ts";

export interface DatabaseMixinOptions {
  /** Closed when every service of the process has stopped. */
  db: Database;
  /** What the schema must be like. */
  plan: DatabasePlan;
}

export const databaseMixin = ({ db, plan }: DatabaseMixinOptions): Partial<ServiceSchema> => ({
  created(this: Service) {
    // `stopped` would be too early: services stop beside each other, and one that finishes what it began still calls those
    // that had nothing to finish.
    this.broker.middlewares.add({ name: `Close ${plan.name}`, stopped: () => db.close() } as unknown as Middleware);
  },
  async started() {
    const directories = migrationFolders(plan);
    await db.borrow((client) => assertSchemaFits(client, { service: plan.name, directories }));
  },
});
