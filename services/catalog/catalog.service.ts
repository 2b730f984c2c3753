import { join } from "node:path";
import type { ServiceSchema } from "moleculer";
import { may } from "../../contract/permissions.ts";
import { invalid } from "../../contract/refusals.ts";
import { type Asking, actionsOf, originOf } from "../../contract/typed.ts";
import { type Clock, systemClock } from "../../database/clock.ts";
import type { Database } from "../../database/database.ts";
import { databaseMixin } from "../../mixins/database.mixin.ts";
import { kafkaBridge } from "../../mixins/kafka-bridge.mixin.ts";
import { recurringMixin } from "../../mixins/recurring.mixin.ts";
import { describeService } from "../../mixins/service.ts";
import { catalog, MAX_IMPORT_ITEMS } from "./catalog.contract.ts";
import { defineCatalogModels } from "./catalog.model.ts";
import { changeProduct } from "./change-product.ts";
import { createProduct } from "./create-product.ts";
import { staffOnlyFilter } from "./errors.ts";
import { getProduct } from "./get-product.ts";
import { importProducts } from "./import/import-products.ts";
import { readCsv } from "./import/read-csv.ts";
import { listProducts } from "./list-products.ts";
import { priceSkus } from "./price-skus.ts";
import { refreshSearch } from "./refresh-search.ts";

const DATABASE = { name: "catalog", migrations: join(import.meta.dirname, "migrations") };

export interface CatalogOptions {
  /** Closed when the service stops. */
  db: Database;
  clock?: Clock;
  /** Pause between two looks for products whose search another release wrote, in milliseconds. */
  refreshEveryMs?: number;
}

export function catalogService({ db, clock = systemClock, refreshEveryMs = 5_000 }: CatalogOptions): ServiceSchema {
  const models = defineCatalogModels(db.sequelize);
  const price = priceSkus(db);
  const occasion = (ctx: Asking<unknown>) => ({ now: clock(), origin: originOf(ctx) });

  return {
    name: "catalog",
    mixins: [
      recurringMixin({ name: "refreshing the search", everyMs: refreshEveryMs, run: () => refreshSearch(db) }),
      kafkaBridge({ db, name: "catalog" }),
      databaseMixin({ db, plan: DATABASE }),
    ],
    actions: actionsOf(catalog, {
      async list(ctx) {
        const asked = ctx.params.filter?.status;
        if (seesAll(ctx)) return listProducts(db, ctx.params, asked ?? null);
        if (asked !== undefined && asked !== "ACTIVE") throw staffOnlyFilter();
        return listProducts(db, ctx.params, "ACTIVE");
      },

      get: (ctx) => getProduct(models, ctx.params.idOrSlug, seesAll(ctx)),

      create(ctx) {
        const { idempotency, ...input } = ctx.params;
        const scope = `${ctx.locals.principal.id} catalog.create`;
        return createProduct(db, input, idempotency ? { scope, ...idempotency } : null, occasion(ctx));
      },

      change(ctx) {
        const { id, ifVersion, ...patch } = ctx.params;
        return changeProduct(db, { id, ifVersion }, patch, occasion(ctx));
      },

      async archive(ctx) {
        await changeProduct(db, ctx.params, { status: "ARCHIVED" }, occasion(ctx));
        return null;
      },

      async import(ctx) {
        const { items, csv, dryRun = false } = ctx.params;
        const raw = items?.map((item, i) => ({ row: i + 1, item })) ?? (await readCsv(csv ?? ""));
        if (raw.length > MAX_IMPORT_ITEMS) throw tooMany();
        return importProducts(db, raw, dryRun, occasion(ctx));
      },

      price: (ctx) => price(ctx.params.skus),
    }),
  };
}

const seesAll = ({ locals }: Pick<Asking, "locals">): boolean => may(locals.principal, "catalog:write");

const tooMany = () =>
  invalid({ pointer: "/csv", code: "maxItems", message: `holds more than ${MAX_IMPORT_ITEMS} products` });

export default describeService({
  contract: catalog,
  databases: [DATABASE],
  needs: [],
  make: ({ db, clock }) => catalogService({ db: db("catalog"), clock }),
});
