// What becomes of orders that are being driven when their process is told to stop.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Middleware, Service, ServiceBroker, ServiceSchema } from "moleculer";
import { call } from "../../../contract/typed.ts";
import { as } from "../../../tests/support/broker.ts";
import { ADA, type OrderShop, openShop, orderOf, place } from "../../../tests/support/order-shop.ts";
import { until } from "../../../tests/support/until.ts";
import { inventoryService } from "../../inventory/inventory.service.ts";
import type { PaymentProvider } from "../../payments/providers/provider.ts";
import type { Sandbox } from "../../payments/providers/sandbox/sandbox.ts";

let shop: OrderShop;
let now: Date;
const clock = () => now;
let bank: PromiseWithResolvers<void>;
const slowBank = (sandbox: Sandbox): PaymentProvider => ({
  ...sandbox,
  async authorize(request) {
    await bank.promise;
    return sandbox.authorize(request);
  },
});

beforeEach(() => {
  now = new Date("2026-03-01T12:00:00Z");
  bank = Promise.withResolvers();
});
afterEach(async () => {
  bank.resolve();
  await shop.close();
});

const ada = as("customer", ADA);
/** Tells when a service of the shop has stopped. */
const stopped = (name: string) =>
  new Promise<void>((resolve) => {
    const serviceStopped = (service: Service) => void (service.name === name && resolve());
    shop.broker.middlewares.add({ name: "Watch", serviceStopped } as unknown as Middleware);
  });
const statusOf = async (id: string, node: ServiceBroker) => (await call(node, "orders.get", { id }, ada)).status;

test("an order whose payment is under way when the process stops is confirmed before any database closes", async () => {
  shop = await openShop(clock, { orders: { timeBudgetMs: 1 }, provider: slowBank });
  const { order } = await place(shop.broker, orderOf());
  void stopped("inventory").then(bank.resolve);

  await shop.broker.stop();

  expect(order.status).toBe("PENDING");
  expect(await statusOf(order.id, await shop.node())).toBe("CONFIRMED");
});

test("an order that takes too long is left, asks nobody any more, and is carried on elsewhere when its lease ends", async () => {
  const asked: string[] = [];
  const hesitant: ServiceSchema = {
    name: "payments",
    // Moleculer's own wait for what a service is doing.
    settings: { $shutdownTimeout: 1 },
    actions: {
      checkMethod: () => ({ known: true }),
      authorize: () => bank.promise.then(() => ({ paymentId: ADA, status: "REQUIRES_CAPTURE" })),
    },
  };
  shop = await openShop(clock);
  const inventory = inventoryService({ db: shop.inventory, clock, sweepEveryMs: 3_600_000 });
  Object.assign(inventory.actions?.commit as object, { handler: () => asked.push("inventory.commit") });
  const stopping = await shop.node({
    orders: { timeBudgetMs: 1, drivesEndWithinMs: 1 },
    instead: { payments: hesitant, inventory },
  });
  const { order } = await place(stopping, orderOf());

  await stopping.stop();
  bank.resolve();

  expect(await statusOf(order.id, shop.broker)).toBe("PENDING");
  now = new Date(now.getTime() + 30_001);
  const next = await shop.node({ orders: { wakeEveryMs: 1 } });
  await until("the order is confirmed", async () => {
    // Where its worker was there before its inventory, the order is put off by a second.
    now = new Date(now.getTime() + 100);
    return (await statusOf(order.id, next)) === "CONFIRMED";
  });
  expect(asked).toEqual([]);
});
