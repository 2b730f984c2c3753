// Sole owner of stock.

import { randomUUIDv7 } from "node:crypto";
import { join } from "node:path";
import type { ServiceSchema } from "moleculer";
import { actionsOf, originOf } from "../../contract/typed.ts";
import { type Clock, systemClock } from "../../database/clock.ts";
import type { Database } from "../../database/database.ts";
import { gather } from "../../database/gather.ts";
import { type Subscriptions, subscriptionsOf } from "../../events/subscription.ts";
import { databaseMixin } from "../../mixins/database.mixin.ts";
import { kafkaBridge } from "../../mixins/kafka-bridge.mixin.ts";
import { plainReads } from "../../mixins/plain-reads.ts";
import { recurringMixin } from "../../mixins/recurring.mixin.ts";
import { describeService } from "../../mixins/service.ts";
import { type Adjustment, adjustStock } from "./adjust-stock.ts";
import { type CommitRequest, commitReservations } from "./commit-reservations.ts";
import { CATALOG_GROUP, followCatalog } from "./follow-catalog.ts";
import { inventory } from "./inventory.contract.ts";
import { defineInventoryModels } from "./inventory.model.ts";
import { listLevels, listMovements, readAvailability, readLevel } from "./read-stock.ts";
import { expireReservations, type ReleaseRequest, releaseReservations } from "./release-reservations.ts";
import { type ReserveRequest, reserveStock } from "./reserve-stock.ts";

const DATABASE = { name: "inventory", migrations: join(import.meta.dirname, "migrations") };

export interface InventoryOptions {
  db: Database;
  clock?: Clock;
  /** Pause between two sweeps of expired holds, in milliseconds. */
  sweepEveryMs?: number;
}

export function inventoryService({ db, clock = systemClock, sweepEveryMs = 2_000 }: InventoryOptions): ServiceSchema & {
  subscriptions: Subscriptions;
} {
  const models = defineInventoryModels(db.sequelize);
  const levels = plainReads(db, models.StockLevel, { key: "sku", kind: "string" });
  const reserve = gather((requests: readonly ReserveRequest[]) => reserveStock(db, requests, clock()));
  const commit = gather((requests: readonly CommitRequest[]) => commitReservations(db, requests, clock()));
  const release = gather((requests: readonly ReleaseRequest[]) => releaseReservations(db, requests, clock()));
  const adjust = gather((adjustments: readonly Adjustment[]) => adjustStock(db, adjustments, clock()));

  return {
    name: "inventory",
    mixins: [
      recurringMixin({
        name: "sweeping expired holds",
        everyMs: sweepEveryMs,
        run: () => expireReservations(db, clock()),
      }),
      kafkaBridge({ db, name: "inventory" }),
      levels.mixin,
      databaseMixin({ db, plan: DATABASE }),
    ],
    actions: actionsOf(inventory, {
      reserve: (ctx) => reserve({ ...ctx.params, expiresAt: new Date(ctx.params.expiresAt), origin: originOf(ctx) }),
      commit: (ctx) => commit({ ...ctx.params, origin: originOf(ctx) }),
      release: (ctx) => release({ ...ctx.params, origin: originOf(ctx) }),
      adjust: (ctx) => {
        const { sku, delta, onHand, reason, idempotency } = ctx.params;
        const actorId = ctx.locals.principal.id;
        return adjust({
          id: randomUUIDv7(),
          sku,
          change: changeOf(delta, onHand),
          reason,
          actorId,
          idempotency: { ...idempotency, scope: `${actorId} inventory.adjust` },
          origin: originOf(ctx),
        });
      },
      level: ({ params }) => readLevel(levels, params.sku),
      levels: ({ params }) => listLevels(levels, params),
      movements: ({ params }) => listMovements(models, params),
      availability: ({ params }) => readAvailability(db, params.skus),
    }),
    subscriptions: subscriptionsOf({
      "catalog.product_created": { group: CATALOG_GROUP, handler: followCatalog },
      "catalog.product_updated": { group: CATALOG_GROUP, handler: followCatalog },
    }),
  };
}

/** The contract lets through exactly one of them. */
const changeOf = (delta?: number, onHand?: number): Adjustment["change"] =>
  delta === undefined ? { onHand: onHand as number } : { delta };

export default describeService({
  contract: inventory,
  databases: [DATABASE],
  needs: [],
  make: ({ db, clock }) => inventoryService({ db: db("inventory"), clock }),
});
