// What becomes of an order whose drive was cut short, or whose neighbour failed, at every step of the way.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { ServiceSchema } from "moleculer";
import { call } from "../../../contract/typed.ts";
import { as } from "../../../tests/support/broker.ts";
import { ADA, type OrderShop, openShop, orderOf, place, type ShopOptions } from "../../../tests/support/order-shop.ts";
import { until } from "../../../tests/support/until.ts";
import { inventoryService } from "../../inventory/inventory.service.ts";
import { paymentsService } from "../../payments/payments.service.ts";
import { type PaymentProvider, ProviderUnreachable } from "../../payments/providers/provider.ts";
import { sandboxProvider } from "../../payments/providers/sandbox/sandbox.ts";

let shop: OrderShop;
let now = new Date("2026-03-01T12:00:00Z");
const clock = () => now;
// A provider that never answers stands for a process that died there; it is let go when the test is over.
let death: PromiseWithResolvers<never>;
const dyingProvider = (sandbox: PaymentProvider): PaymentProvider => ({ ...sandbox, authorize: () => death.promise });

beforeEach(() => {
  death = Promise.withResolvers();
  death.promise.catch(() => {});
});
afterEach(async () => {
  death.reject(new Error("the process died"));
  await shop.close();
});

const ada = as("customer", ADA);
const read = (id: string) => call(shop.broker, "orders.get", { id }, ada);
const onlyOrder = async () => (await call(shop.broker, "orders.list", {}, ada)).data[0] ?? Promise.reject("no order");
const charges = () => shop.sandbox.query({ name: "test_charges", text: "select status from charges" });
const reserved = async () => {
  const [row] = await shop.inventory.query<{ reserved: number }>({
    name: "test_reserved",
    text: "select sum(reserved)::int as reserved from stock_levels",
  });
  return row?.reserved;
};

/** A service of which one action fails, before or after it did its work, as often as told. */
function failing(service: ServiceSchema, action: string, when: "before" | "after", times: { left: number }) {
  const original = (service.actions as Record<string, { handler: (...args: unknown[]) => Promise<unknown> }>)[action];
  if (original === undefined) throw new Error(`no action ${action}`);
  const { handler } = original;
  original.handler = async function (this: unknown, ...args: unknown[]) {
    if (times.left > 0 && when === "before") {
      times.left--;
      throw new Error("the neighbour died");
    }
    const result = await handler.apply(this, args);
    if (times.left > 0) {
      times.left--;
      throw new Error("the answer was lost");
    }
    return result;
  };
  return service;
}

const steps = ["inventory.reserve", "payments.authorize", "inventory.commit"] as const;

test.each(steps.flatMap((step) => [[step, "before"] as const, [step, "after"] as const]))(
  "%s failing %s its work leaves the order open, and the worker confirms it, charged once",
  async (step, when) => {
    now = new Date("2026-03-01T12:00:00Z");
    const times = { left: 1 };
    shop = await openShop(clock);
    const [service, action] = step.split(".") as ["inventory" | "payments", string];
    const real =
      service === "inventory"
        ? inventoryService({ db: shop.inventory, clock, sweepEveryMs: 3_600_000 })
        : paymentsService({
            db: shop.payments,
            clock,
            providers: [sandboxProvider({ db: shop.sandbox, clock, slowMs: 0 })],
          });
    const node = await shop.node({
      orders: { wakeEveryMs: 1 },
      instead: { [service]: failing(real, action, when, times) } as ShopOptions["instead"],
    });

    const { order } = await place(node, orderOf());
    now = new Date(now.getTime() + 2_000);
    await until("the worker confirms the order", async () => (await read(order.id)).status === "CONFIRMED");

    expect(order.status).toBe("PENDING");
    expect(await charges()).toEqual([{ status: "authorized" }]);
    expect(await reserved()).toBe(3);
  },
);

test("an order whose process died right after it was created is carried on when its lease ends, on another node", async () => {
  shop = await openShop(clock, {
    provider: dyingProvider,
    orders: { timeBudgetMs: 1, leaseMs: 30_000 },
  });
  await place(shop.broker, orderOf());
  const { id } = await onlyOrder();
  const other = await shop.node({ orders: { wakeEveryMs: 1 } });
  expect((await read(id)).status).toBe("PENDING");

  now = new Date(now.getTime() + 30_001);

  await until(
    "the other node confirms",
    async () => (await call(other, "orders.get", { id }, ada)).status === "CONFIRMED",
  );
  expect(await charges()).toHaveLength(1);
});

test("many workers that look at once drive an order to one end, with one event", async () => {
  shop = await openShop(clock, {
    provider: dyingProvider,
    orders: { timeBudgetMs: 1 },
  });
  await place(shop.broker, orderOf());
  const { id } = await onlyOrder();
  now = new Date(now.getTime() + 60_000);
  await Promise.all([1, 2, 3].map(() => shop.node({ orders: { wakeEveryMs: 1 } })));

  await until("confirmed", async () => {
    now = new Date(now.getTime() + 1_000);
    return (await read(id)).status === "CONFIRMED";
  });

  const events = await shop.orders.query({
    name: "test_confirmed",
    text: "select from outbox where type = 'orders.confirmed'",
  });
  expect(events).toHaveLength(1);
  expect((await read(id)).version).toBe(2);
});

test("a release that fails is tried again until the stock of a declined order is free", async () => {
  shop = await openShop(clock);
  const times = { left: 1 };
  const real = inventoryService({ db: shop.inventory, clock, sweepEveryMs: 3_600_000 });
  const node = await shop.node({
    orders: { wakeEveryMs: 1 },
    instead: { inventory: failing(real, "release", "before", times) },
  });

  const { order } = await place(node, orderOf({ payment: { method: "pm_card_visa_chargeDeclined" } }));
  now = new Date(now.getTime() + 2_000);
  await until("the order says that payment failed", async () => (await read(order.id)).status === "PAYMENT_FAILED");

  expect(order.status).toBe("PENDING");
  expect(await reserved()).toBe(0);
});

test("a hold that expired on the way and cannot be had again gives the money back", async () => {
  shop = await openShop(clock);
  const real = inventoryService({ db: shop.inventory, clock, sweepEveryMs: 3_600_000 });
  const commit = (real.actions as Record<string, { handler: unknown }>).commit;
  if (commit) commit.handler = async () => ({ status: "EXPIRED" });
  const node = await shop.node({ instead: { inventory: real } });

  const { order } = await place(node, orderOf());

  expect(order).toMatchObject({ status: "REJECTED", reason: "out_of_stock" });
  expect(await charges()).toEqual([{ status: "canceled" }]);
  expect(await reserved()).toBe(0);
});

test("a payment that needs the customer waits, and expires with its hold", async () => {
  shop = await openShop(clock, { orders: { wakeEveryMs: 1, paymentWindowMs: 60_000 } });

  const { order } = await place(shop.broker, orderOf({ payment: { method: "pm_card_threeDSecure2Required" } }));
  expect(order).toMatchObject({ status: "AWAITING_PAYMENT", paymentStatus: "REQUIRES_ACTION" });
  expect(await reserved()).toBe(3);
  now = new Date(now.getTime() + 60_001);
  await until("the order expires", async () => (await read(order.id)).status === "EXPIRED");

  expect(await reserved()).toBe(0);
  expect(await charges()).toEqual([{ status: "canceled" }]);
});

test("while the provider is unreachable the order stays open, and ends as the provider's ledger says", async () => {
  let down = true;
  shop = await openShop(clock, {
    orders: { wakeEveryMs: 1 },
    provider: (sandbox) => ({
      ...sandbox,
      authorize: async (request) => {
        const outcome = await sandbox.authorize(request);
        if (down) throw new ProviderUnreachable("cut");
        return outcome;
      },
      find: (key) => (down ? Promise.reject(new ProviderUnreachable("cut")) : sandbox.find(key)),
    }),
  });

  const { order } = await place(shop.broker, orderOf());
  expect(order.status).toBe("PENDING");
  down = false;
  now = new Date(now.getTime() + 5_000);
  await until("confirmed", async () => (await read(order.id)).status === "CONFIRMED");

  expect(await charges()).toEqual([{ status: "authorized" }]);
});

test("a process that keeps failing is marked for attention and not dropped", async () => {
  shop = await openShop(clock);
  const real = inventoryService({ db: shop.inventory, clock, sweepEveryMs: 3_600_000 });
  const node = await shop.node({
    orders: { wakeEveryMs: 1 },
    instead: { inventory: failing(real, "commit", "before", { left: 1_000 }) },
  });
  const { order } = await place(node, orderOf());
  const state = async () =>
    (
      await shop.orders.query<{ attempts: number; needs_attention: boolean; waiting: boolean }>(
        {
          name: "test_state",
          text: "select attempts, needs_attention, wake_at is not null as waiting from orders where id = $1",
        },
        [order.id],
      )
    )[0];

  for (let attempt = 2; attempt <= 10; attempt++) {
    now = new Date(now.getTime() + 301_000);
    await until(`attempt ${attempt}`, async () => (await state())?.attempts === attempt);
  }

  expect(await state()).toEqual({ attempts: 10, needs_attention: true, waiting: true });
});
