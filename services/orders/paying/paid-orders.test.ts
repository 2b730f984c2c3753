// Orders that wait for their customer at the payment provider's page, from waiting to the end, and whose story it is told as.
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { call } from "../../../contract/typed.ts";
import type { Received, Subscriptions } from "../../../events/subscription.ts";
import { as } from "../../../tests/support/broker.ts";
import { ADA, CLERK, type OrderShop, openShop, orderOf } from "../../../tests/support/order-shop.ts";
import { until } from "../../../tests/support/until.ts";

const TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const THREE_D_SECURE = { payment: { method: "pm_card_threeDSecure2Required" } };
const ada = as("customer", ADA);
const clock = () => new Date("2026-03-01T12:00:00Z");
let shop: OrderShop;

// The worker looks once an hour: whatever it does here it does because it was woken.
beforeEach(async () => {
  shop = await openShop(clock);
});
afterEach(() => shop.close());

const placeAs = async (requestID: string, changes = {}) => {
  const { meta } = ada;
  const options = { requestID, meta: { ...meta, traceparent: TRACE } };
  return (await call(shop.broker, "orders.place", orderOf(changes), options)).order;
};
const answer = (orderId: string, outcome: "approved" | "declined") =>
  call(shop.broker, "payments.completeAction", { orderId, outcome }, as("staff", CLERK));
const read = (id: string) => call(shop.broker, "orders.get", { id }, ada);
const ends = (id: string, status: string) => until(status, async () => (await read(id)).status === status);
const reserved = async () =>
  (
    await shop.inventory.query<{ reserved: number }>({
      name: "test_reserved",
      text: "select sum(reserved)::int as reserved from stock_levels",
    })
  )[0]?.reserved;
const row = async (id: string) =>
  (await shop.orders.query({ name: "test_row", text: "select * from orders where id = $1" }, [id]))[0];

type Payment = Received<string, { orderId: string }>;
const OUTBOX = {
  name: "test_outbox",
  text: `select event_id as id, type, aggregate_id as "aggregateId", aggregate_version as "aggregateVersion", data,
      occurred_at as "occurredAt", correlation_id as "correlationId", causation_id as "causationId", traceparent
    from outbox order by id`,
};
const paymentEvents = (type: string) =>
  shop.payments
    .query<Payment & Record<string, unknown>>(OUTBOX)
    .then((all) => all.filter((each) => each.type === type));
const orderEvents = () => shop.orders.query<Payment & Record<string, unknown>>(OUTBOX);

/** As the event bridge would: to the subscription, in a transaction of the orders' database. */
async function deliver(...events: Payment[]): Promise<void> {
  const { schema } = shop.broker.getLocalService("orders") as unknown as { schema: { subscriptions: Subscriptions } };
  for (const event of events) {
    await shop.orders.transaction(async (tx) => schema.subscriptions[event.type]?.handler(tx, [event]));
  }
}

describe("an order that waits for its customer", () => {
  test("is confirmed when the payment is approved, as one story with the request that placed it", async () => {
    const { id, status } = await placeAs("request-of-ada", THREE_D_SECURE);
    await answer(id, "approved");
    const [authorized] = await paymentEvents("payments.authorized");
    expect([status, (await read(id)).status]).toEqual(["AWAITING_PAYMENT", "AWAITING_PAYMENT"]);

    await deliver(authorized as Payment);
    await ends(id, "CONFIRMED");

    const told = (await orderEvents()).map(({ type, correlationId, causationId, traceparent }) => [
      type,
      correlationId,
      causationId,
      traceparent,
    ]);
    expect(told).toEqual([
      ["orders.created", "request-of-ada", "request-of-ada", TRACE],
      ["orders.awaiting_payment", "request-of-ada", "request-of-ada", TRACE],
      ["orders.confirmed", "request-of-ada", authorized?.id, TRACE],
    ]);
    expect(authorized).toMatchObject({ aggregateId: id, correlationId: "request-of-ada" });
  });

  test("has a timeline in which the stock that both of its drives asked for is held once", async () => {
    const { id } = await placeAs("request-of-ada", THREE_D_SECURE);
    await answer(id, "approved");
    await deliver(...(await paymentEvents("payments.authorized")));
    await ends(id, "CONFIRMED");

    const { data } = await call(shop.broker, "orders.timeline", { id }, ada);

    expect(data.map(({ type }) => type)).toEqual([
      "order.created",
      "order.stock_reserved",
      "order.awaiting_payment",
      "order.payment_authorized",
      "order.stock_committed",
      "order.confirmed",
    ]);
  });

  test("fails when the payment is declined, and gives its stock back", async () => {
    const { id } = await placeAs("request-of-ada", THREE_D_SECURE);
    expect(await reserved()).toBe(3);
    await answer(id, "declined");

    await deliver(...(await paymentEvents("payments.failed")));
    await ends(id, "PAYMENT_FAILED");

    expect(await read(id)).toMatchObject({ reason: "authentication_failed" });
    expect(await reserved()).toBe(0);
  });

  test("is moved once, however often the event comes", async () => {
    const { id } = await placeAs("request-of-ada", THREE_D_SECURE);
    await answer(id, "approved");
    const [authorized] = await paymentEvents("payments.authorized");
    await Promise.all(Array.from({ length: 5 }, () => deliver(authorized as Payment)));
    await ends(id, "CONFIRMED");
    const [settled, events] = [await row(id), await orderEvents()];

    await deliver(authorized as Payment);

    expect(await row(id)).toEqual(settled);
    expect(await orderEvents()).toEqual(events);
    expect(events).toHaveLength(3);
  });

  test("goes on at once when its customer was quicker than the shop, and its first answer stays", async () => {
    const hasty = await shop.node({
      provider: (sandbox) => ({
        ...sandbox,
        async authorize(request) {
          const outcome = await sandbox.authorize(request);
          await sandbox.completeAction?.(request.key, "approved", async () => {});
          return outcome;
        },
      }),
    });
    const order = orderOf(THREE_D_SECURE);

    const first = await call(hasty, "orders.place", order, ada);
    const again = await call(hasty, "orders.place", order, ada);

    expect((await read(first.order.id)).status).toBe("CONFIRMED");
    expect(first.order.status).toBe("AWAITING_PAYMENT");
    expect(again).toEqual({ order: first.order, replayed: true });
  });
});

test("orders that wait for no customer are left alone by their payments", async () => {
  const { id } = await placeAs("request-of-ada");
  const before = await row(id);

  await deliver(...(await paymentEvents("payments.authorized")));

  expect(await row(id)).toEqual(before);
});

test("orders placed together keep their stories apart", async () => {
  const names = Array.from({ length: 12 }, (_, i) => `request-${i}`);

  const orders = await Promise.all(names.map((name) => placeAs(name)));

  const nameOf = new Map(orders.map(({ id }, i) => [id, names[i]]));
  const events = [...(await orderEvents()), ...(await paymentEvents("payments.authorized"))];
  expect(events).toHaveLength(36);
  for (const { data, correlationId } of events) expect(correlationId).toBe(nameOf.get(data.orderId));
});
