// Sole owner of stock.
import { randomUUIDv7 } from "node:crypto";
import { Errors, type ServiceSchema } from "moleculer";
import { actionsOf, originOf } from "../../contract/typed.ts";
import { type Clock, systemClock } from "../../database/clock.ts";
import type { Database } from "../../database/database.ts";
import { gather } from "../../database/gather.ts";
import { databaseMixin } from "../../mixins/database.mixin.ts";
import { recurringMixin } from "../../mixins/recurring.mixin.ts";
import { type Adjustment, adjustStock } from "./adjust-stock.ts";
import { type CommitRequest, commitReservations } from "./commit-reservations.ts";
import { inventory } from "./inventory.contract.ts";
import { defineInventoryModels } from "./inventory.model.ts";
import { listLevels, listMovements, readAvailability, readLevel } from "./read-stock.ts";
import { expireReservations, type ReleaseRequest, releaseReservations } from "./release-reservations.ts";
import { type ReserveRequest, reserveStock } from "./reserve-stock.ts";

export interface InventoryOptions {
  db: Database;
  clock?: Clock;
  /** Pause between two sweeps of expired holds, in milliseconds. */
  sweepEveryMs?: number;
}

export function inventoryService({ db, clock = systemClock, sweepEveryMs = 2_000 }: InventoryOptions): ServiceSchema {
  const models = defineInventoryModels(db.sequelize);
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
      databaseMixin({ db, name: "inventory", model: models.StockLevel }),
    ],
    actions: actionsOf(inventory, {
      reserve: (ctx) => reserve({ ...ctx.params, expiresAt: new Date(ctx.params.expiresAt), origin: originOf(ctx) }),
      commit: (ctx) => commit({ ...ctx.params, origin: originOf(ctx) }),
      release: (ctx) => release({ ...ctx.params, origin: originOf(ctx) }),
      adjust: (ctx) => {
        const { sku, delta, onHand, reason, idempotency } = ctx.params;
        const actorId = ctx.locals.principal?.id ?? null;
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
      level: ({ params }) => readLevel(models, params.sku),
      levels: ({ params }) => listLevels(models, params),
      movements: ({ params }) => listMovements(models, params),
      availability: ({ params }) => readAvailability(models, params.skus),
    }),
  };
}

/** @throws VALIDATION_FAILED (400) unless exactly one of both is given */
function changeOf(delta: number | undefined, onHand: number | undefined): Adjustment["change"] {
  if (delta !== undefined && onHand === undefined) return { delta };
  if (onHand !== undefined && delta === undefined) return { onHand };
  throw new Errors.MoleculerClientError("Give either delta or onHand", 400, "VALIDATION_FAILED", {
    errors: [{ pointer: "/delta", code: "either", message: "either delta or onHand" }],
  });
}
