import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { ServiceBroker, ServiceSchema } from "moleculer";
import { call } from "../../contract/typed.ts";
import { Database } from "../../database/database.ts";
import { as, testBroker } from "../../tests/support/broker.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { until } from "../../tests/support/until.ts";
import { smtpMailer } from "./mailers/smtp-mailer.ts";
import { notificationsService } from "./notifications.service.ts";
import type { ToTell } from "./tell-customers.ts";
import { type MailServer, mailServer } from "./testing/mail-server.ts";
import { ADDRESS, orderEvent } from "./testing/order-events.ts";

const clock = () => new Date("2026-03-01T12:00:00Z");
const staff = as("staff", randomUUIDv7());
let database: TestDatabase;
let server: MailServer;
let brokers: ServiceBroker[];

beforeEach(async () => {
  database = await testDatabase("notifications");
  server = await mailServer({ answerTo: (recipient) => (recipient === "gone@example.com" ? 550 : 250) });
  brokers = [];
});
afterEach(async () => {
  await Promise.all(brokers.map((broker) => broker.stop()));
  await server.close();
  database.release();
});

const orders: ServiceSchema = {
  name: "orders",
  actions: {
    addressesOf: (ctx) => (ctx.params as { ids: string[] }).ids.map((id) => ({ id, shippingAddress: ADDRESS })),
  },
};

/** A node, and what its bridge would do: apply events in a transaction of its database. */
async function node() {
  const db = new Database({ url: database.url });
  const service = notificationsService({
    db,
    mailer: smtpMailer({ url: server.url }),
    from: "Shop <shop@example.com>",
    clock,
    sendEveryMs: 1,
  });
  const broker = await testBroker(orders, service);
  brokers.push(broker);
  const deliver = (...events: ToTell[]) =>
    db.transaction(async (tx) => {
      for (const event of events) await service.subscriptions[event.type]?.handler(tx, [event]);
    });
  return { broker, deliver };
}

test("two nodes that are given the same events and look for mail at once send each mail once", async () => {
  const [one, other] = await Promise.all([node(), node()]);
  const events = Array.from({ length: 150 }, (_, i) =>
    orderEvent("orders.confirmed", { email: `customer-${i}@example.com` }),
  );

  await Promise.all([one.deliver(...events), other.deliver(...events), one.deliver(...events)]);
  await until("nothing is pending", async () => {
    const { data } = await call(one.broker, "notifications.deliveries", { filter: { status: "PENDING" } }, staff);
    return data.length === 0;
  });

  const recipients = server.mails.flatMap((mail) => mail.recipients);
  expect(recipients.sort()).toEqual(events.map((event) => event.data.email).sort());
});

test("staff see what was sent, newest first and page by page, and find what failed", async () => {
  const { broker, deliver } = await node();
  const gone = orderEvent("orders.payment_failed", { email: "gone@example.com" });
  await deliver(orderEvent("orders.confirmed"), gone, orderEvent("orders.confirmed"));
  const list = (params = {}) => call(broker, "notifications.deliveries", params, staff);
  await until("all have ended", async () => (await list()).data.every((each) => each.status !== "PENDING"));

  const all = await list();
  const first = await list({ limit: 2 });
  const rest = await list({ limit: 2, after: first.page.nextCursor ?? "" });
  const failed = await list({ filter: { status: "FAILED" } });
  const ofOrder = await list({ filter: { orderId: gone.data.orderId } });

  expect(all.data.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
    "order_confirmed SENT",
    "order_confirmed SENT",
    "payment_failed FAILED",
  ]);
  expect(all.data.map(({ id }) => id)).toEqual(
    all.data
      .map(({ id }) => id)
      .sort()
      .reverse(),
  );
  expect([...first.data, ...rest.data]).toEqual(all.data);
  expect(rest.page).toEqual({ hasMore: false, nextCursor: null });
  expect(failed.data).toEqual([
    {
      id: expect.any(String),
      orderId: gone.data.orderId,
      kind: "payment_failed",
      recipient: "gone@example.com",
      subject: "The payment for your order 7KD2M-X9PQR failed",
      status: "FAILED",
      attempts: 1,
      error: expect.stringContaining("550"),
      createdAt: "2026-03-01T12:00:00.000Z",
      sentAt: null,
    },
  ]);
  expect(ofOrder).toEqual(failed);
});

test("a customer sees nobody's mail, not even their own", async () => {
  const { broker } = await node();

  const asking = call(broker, "notifications.deliveries", {}, as("customer", randomUUIDv7()));

  await expect(asking).rejects.toMatchObject({ code: 403 });
});

test("what is no cursor of the list is refused", async () => {
  const { broker } = await node();

  const asking = call(broker, "notifications.deliveries", { after: "bm9wZQ" }, staff);

  await expect(asking).rejects.toMatchObject({ type: "INVALID_CURSOR" });
});
