// Sole owner of orders, and the one that drives them through the other services.
import { join } from "node:path";
import type { Service, ServiceBroker, ServiceSchema } from "moleculer";
import type { Origin } from "../../contract/events/domain-event.ts";
import { type Asking, actionsOf, type Caller, originOf } from "../../contract/typed.ts";
import { type Clock, systemClock } from "../../database/clock.ts";
import type { Database, Tx } from "../../database/database.ts";
import { gather } from "../../database/gather.ts";
import { answerOnce, findKey } from "../../database/idempotency.ts";
import { type ReceivedOf, type Subscriptions, subscriptionsOf } from "../../events/subscription.ts";
import { databaseMixin } from "../../mixins/database.mixin.ts";
import { kafkaBridge } from "../../mixins/kafka-bridge.mixin.ts";
import { newBell, recurringMixin } from "../../mixins/recurring.mixin.ts";
import { describeService } from "../../mixins/service.ts";
import { type AdvanceTools, advanceOrder } from "./driving/advance-order.ts";
import { DrivesUnderWay } from "./driving/drives-under-way.ts";
import { wakeOrders } from "./driving/wake-orders.ts";
import { orderNotFound } from "./errors.ts";
import { moveOrders, type OrderMove } from "./move-orders.ts";
import type { OrderInHand, OrderProgress } from "./order-record.ts";
import { orders } from "./orders.contract.ts";
import { defineOrdersModels } from "./orders.model.ts";
import { type Allowances, DEFAULT_ALLOWANCES, networkDigest } from "./paying/allowances.ts";
import { wakePaidOrders } from "./paying/wake-paid-orders.ts";
import { createOrders, type NewOrder } from "./placing/create-orders.ts";
import { type PlaceTools, placeOrder } from "./placing/place-order.ts";
import { within } from "./placing/within.ts";
import { listOrders, loadOrders, readAddresses, readOrder, readTimeline } from "./reading/read-orders.ts";

const DATABASE = { name: "orders", migrations: join(import.meta.dirname, "migrations") };

export interface OrdersOptions {
  db: Database;
  clock?: Clock;
  /** How long a request waits for its order before it answers PENDING. */
  timeBudgetMs?: number;
  /** How long a drive holds an order before a worker may take it over. Longer than any drive should last. */
  leaseMs?: number;
  /** How long an unpaid order holds its stock. */
  paymentWindowMs?: number;
  /** How long one whose customer has to prove himself to the bank does, at most. */
  challengeMs?: number;
  /** How much of it. */
  allowances?: Allowances;
  wakeEveryMs?: number;
  /** How long a stop waits for the drives under way. */
  drivesEndWithinMs?: number;
}

export function ordersService({
  db,
  clock = systemClock,
  timeBudgetMs = 4_000,
  leaseMs = 30_000,
  paymentWindowMs = 15 * 60_000,
  challengeMs = 5 * 60_000,
  allowances = DEFAULT_ALLOWANCES,
  wakeEveryMs = 500,
  // With the gateway's 8 s and Moleculer's 10 s for running calls, within the program's 25 s.
  drivesEndWithinMs = 6_000,
}: OrdersOptions): ServiceSchema & { subscriptions: Subscriptions } {
  const models = defineOrdersModels(db.sequelize);
  const drives = new DrivesUnderWay<OrderProgress | undefined>();
  const bell = newBell();
  const move = gather((moves: readonly OrderMove[]) => moveOrders(db, moves, { now: clock(), allowances }));
  const create = gather((wanted: readonly NewOrder[]) => {
    const now = clock();
    return createOrders(db, wanted, { now, leaseUntil: new Date(now.getTime() + leaseMs) });
  });

  const advanceTools = ({ broker, logger }: Service): AdvanceTools => ({
    db,
    clock,
    challengeMs,
    move,
    callsOf: (origin) => detached(broker, origin, drives.left),
    log: logger,
    left: drives.left,
  });

  const payments = {
    group: "orders-payments",
    handler: async (tx: Tx, events: readonly ReceivedOf<"payments.authorized" | "payments.failed">[]) => {
      if ((await wakePaidOrders(tx, events, clock())) > 0) bell.ring();
    },
  };

  function drive(hand: OrderInHand, tools: AdvanceTools) {
    const driving = drives.add(advanceOrder(hand, tools));
    // Whoever waits for it may have been answered meanwhile.
    driving.catch((error: Error) => tools.log.warn(`order ${hand.order.id}: ${error.message}`));
    return driving;
  }

  function placeTools(ctx: Asking<unknown>): PlaceTools {
    const tools = advanceTools(ctx.service);
    return {
      via: ctx,
      clock,
      origin: originOf(ctx),
      paymentWindowMs,
      allowances,
      network: networkDigest(ctx.meta.clientAddress),
      find: (key) => findKey(db, key),
      create,
      load: async (id) => (await loadOrders(models, [id]))[0] ?? Promise.reject(orderNotFound()),
      advance: (hand) => within(timeBudgetMs, drive(hand, tools)),
      advanceLater: (hand) => void drive(hand, tools),
      answerOnce: (key, progress) => answerOnce(db, key, progress),
    };
  }

  return {
    name: "orders",
    mixins: [
      recurringMixin({
        name: "waking orders",
        everyMs: wakeEveryMs,
        bell,
        run(service) {
          const tools = advanceTools(service);
          return wakeOrders({
            db,
            clock,
            models,
            leaseMs,
            drive: (hand) => drives.add(advanceOrder(hand, tools)),
            stopping: () => drives.stopping,
          });
        },
      }),
      kafkaBridge({ db, name: "orders" }),
      databaseMixin({ db, plan: DATABASE }),
    ],
    actions: actionsOf(orders, {
      place: (ctx) => placeOrder(ctx.params, ctx.locals.principal, placeTools(ctx)),
      list: ({ params, locals }) => listOrders(models, locals.principal, params),
      get: ({ params, locals }) => readOrder(models, locals.principal, params.id),
      addressesOf: ({ params }) => readAddresses(models, params.ids),
      timeline: ({ params, locals }) => readTimeline(models, locals.principal, params.id),
    }),
    subscriptions: subscriptionsOf({ "payments.authorized": payments, "payments.failed": payments }),
    async stopped(this: Service) {
      const left = await drives.settle(drivesEndWithinMs);
      if (left > 0) this.logger.warn(`${left} orders are left on their way: they are taken over when their leases end`);
    },
  };
}

/** Calls outside the time budget of the request that the order began with, but under its id. */
const detached = (
  broker: ServiceBroker,
  { correlationId, causationId, traceparent }: Origin,
  left: AbortSignal,
): Caller => ({
  call(name, params, options) {
    left.throwIfAborted();
    const meta = { ...(causationId !== null && { causationId }), ...(traceparent !== null && { traceparent }) };
    return broker.call(name, params, {
      ...options,
      caller: "orders",
      meta,
      ...(correlationId !== null && { requestID: correlationId }),
    });
  },
});

export default describeService({
  contract: orders,
  databases: [DATABASE],
  needs: ["users", "catalog", "inventory", "payments"],
  make: ({ db, clock, settings }) => ordersService({ db: db("orders"), clock, ...settings.orders }),
});
