// Gives a service its own database, and with it the event bridge: what it records goes out, what it subscribes to comes in.
// Foundation of every service that owns tables: list it last in `mixins`, so that it starts first and stops last. Refuses
// to start on a schema that is older or newer than the code.
import type { Service, ServiceSchema } from "moleculer";
import DbService from "moleculer-db";
import SequelizeAdapter from "moleculer-db-adapter-sequelize";
import type { Model, ModelStatic } from "sequelize";
import type { Database } from "../database/database.ts";
import { assertSchemaIsCurrent } from "../database/migrate.ts";
import { migrationsOf } from "../database/read-migrations.ts";
import { kafkaBridge } from "./kafka-bridge.mixin.ts";

export interface DatabaseMixinOptions {
  /** Closed when the service stops. */
  db: Database;
  /** The service's name: whose migrations the schema must match. */
  name: string;
  /** The model of the service's aggregate, which the adapter serves. */
  model: ModelStatic<Model>;
}

export function databaseMixin({ db, name, model }: DatabaseMixinOptions): Partial<ServiceSchema> {
  const connection = {
    created(this: Service) {
      // Set here and not in the schema: Moleculer deep-clones schemas, and a clone's pool is another pool.
      Object.assign(this.schema, { model, adapter: new SequelizeAdapter(db.sequelize) });
    },
    async started() {
      await db.borrow((client) => assertSchemaIsCurrent(client, { service: name, directories: migrationsOf(name) }));
    },
  };
  return {
    // Order matters: the last is created first, so the adapter is there when moleculer-db looks for it.
    mixins: [kafkaBridge({ db, name }), DbService as unknown as Partial<ServiceSchema>, connection],
    // moleculer-db would publish actions without limits, field lists or transactions. None of them is wanted.
    actions: {
      find: false,
      count: false,
      list: false,
      create: false,
      insert: false,
      get: false,
      resolve: false,
      update: false,
      replace: false,
      remove: false,
    },
  } as Partial<ServiceSchema>;
}
