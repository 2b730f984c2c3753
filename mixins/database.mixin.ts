// Gives a service its own database. Foundation of every service that owns tables: list it last in `mixins`, so that it starts
// first and stops last. Refuses to start on a schema that is older than the code, or that broke it.
import type { ServiceSchema } from "moleculer";
import type { Database } from "../database/database.ts";
import { assertSchemaFits } from "../database/migrate.ts";
import { type DatabasePlan, migrationFolders } from "../database/read-migrations.ts";

export interface DatabaseMixinOptions {
  /** Closed when the service stops. */
  db: Database;
  /** What the schema must be like. */
  plan: DatabasePlan;
}

export const databaseMixin = ({ db, plan }: DatabaseMixinOptions): Partial<ServiceSchema> => ({
  async started() {
    const directories = migrationFolders(plan);
    await db.borrow((client) => assertSchemaFits(client, { service: plan.name, directories }));
  },
  stopped: () => db.close(),
});
