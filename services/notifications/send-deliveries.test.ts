import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Database } from "../../database/database.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { until } from "../../tests/support/until.ts";
import { composeDeliveries } from "./composing/compose-deliveries.ts";
import { openTemplates } from "./composing/templates.ts";
import { type Mail, type Mailer, MailRefused } from "./mailers/mailer.ts";
import { smtpMailer } from "./mailers/smtp-mailer.ts";
import { MAX_ATTEMPTS } from "./retry-delay.ts";
import { type SendTools, sendDeliveries } from "./send-deliveries.ts";
import { type ToTell, tellCustomers } from "./tell-customers.ts";
import { mailServer } from "./testing/mail-server.ts";
import { orderEvent, SHOP } from "./testing/order-events.ts";

const HOUR = 3_600_000;
let database: TestDatabase;
let db: Database;
let now: Date;

beforeEach(async () => {
  database = await testDatabase("notifications");
  db = new Database({ url: database.url });
  now = new Date("2026-03-01T12:00:00Z");
});
afterEach(async () => {
  await db.close();
  database.release();
});

const later = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const templates = openTemplates();
const addressesOf = async () => [];
const tell = async (...events: ToTell[]) => {
  await db.transaction(async (tx) => tellCustomers(tx, events, now));
  while (
    (await composeDeliveries({ db, templates, shop: SHOP, clock: () => now, addressesOf, unverified: addressesOf })) > 0
  );
};
const tellOf = (count: number) => tell(...Array.from({ length: count }, () => orderEvent("orders.confirmed")));
const send = (mailer: Mailer, tools: Partial<SendTools> = {}) =>
  sendDeliveries({
    db,
    mailer,
    from: "Shop <shop@example.com>",
    clock: () => now,
    signal: new AbortController().signal,
    ...tools,
  });
/** A mailer that does what it is told, and keeps what was given to it. */
function mailerThat(does: (mail: Mail) => Promise<void> | void) {
  const given: Mail[] = [];
  const mailer: Mailer & { given: Mail[] } = {
    name: "test",
    given,
    async send(mail) {
      given.push(mail);
      await does(mail);
    },
    close: () => {},
  };
  return mailer;
}
const takesAll = () => mailerThat(() => {});
const deliveries = () =>
  db.query<{ id: string; status: string; attempts: number; error: string | null }>({
    name: "test_deliveries",
    text: "select id, status, attempts, error from deliveries order by id",
  });
const events = () =>
  db.query({
    name: "test_events",
    text: `select type, aggregate_id, aggregate_version, data, correlation_id, causation_id, traceparent
      from outbox order by id`,
  });

test("a confirmation reaches the customer, and the event of it goes on with the story of the order", async () => {
  const server = await mailServer();
  const mailer = smtpMailer({ url: server.url });
  const event = orderEvent("orders.confirmed", { email: "ada@example.org" });
  await tell(event);

  await send(mailer);
  mailer.close();
  await server.close();

  const [delivery] = await deliveries();
  expect(delivery).toMatchObject({ status: "SENT", attempts: 1, error: null });
  expect(server.mails[0]).toMatchObject({ from: "shop@example.com", recipients: ["ada@example.org"] });
  expect(server.mails[0]?.header("Subject")).toBe("Your order 7KD2M-X9PQR is confirmed");
  expect(server.mails[0]?.header("Message-ID")).toBe(`<${delivery?.id}@example.com>`);
  expect(await events()).toEqual([
    {
      type: "notifications.sent",
      aggregate_id: delivery?.id,
      aggregate_version: 1,
      data: { deliveryId: delivery?.id, orderId: event.data.orderId, kind: "order_confirmed" },
      correlation_id: "request-1",
      causation_id: event.id,
      traceparent: event.traceparent,
    },
  ]);
});

test("while the server is down a mail waits longer and longer, and it arrives when the server is back", async () => {
  const { port, url, close } = await mailServer();
  await close();
  const mailer = smtpMailer({ url });
  await tellOf(1);

  const tried = [await send(mailer), await send(mailer)];
  later(5_000);
  tried.push(await send(mailer));
  later(5_000 - 1);
  const [down] = await deliveries();
  later(5_001);
  const back = await mailServer({ port });
  tried.push(await send(mailer));
  mailer.close();
  await back.close();

  expect(tried).toEqual([1, 0, 1, 1]);
  expect(down).toMatchObject({ status: "PENDING", attempts: 2, error: expect.stringContaining("ECONNREFUSED") });
  expect(back.mails).toHaveLength(1);
  expect(await deliveries()).toMatchObject([{ status: "SENT", attempts: 3, error: null }]);
});

test("a recipient whom the server refuses for good fails at once, and the neighbours are sent", async () => {
  const server = await mailServer({ answerTo: (recipient) => (recipient === "gone@example.com" ? 550 : 250) });
  const mailer = smtpMailer({ url: server.url });
  const gone = orderEvent("orders.confirmed", { email: "gone@example.com" });
  await tell(orderEvent("orders.confirmed"), gone, orderEvent("orders.payment_failed"));

  await send(mailer);
  mailer.close();
  await server.close();

  expect((await deliveries()).map(({ status }) => status).sort()).toEqual(["FAILED", "SENT", "SENT"]);
  expect(server.mails).toHaveLength(2);
  const failed = (await events()).filter(({ type }) => type === "notifications.failed");
  expect(failed).toMatchObject([
    { causation_id: gone.id, data: { orderId: gone.data.orderId, reason: expect.stringContaining("550") } },
  ]);
});

test("a process that dies between sending and marking sends again under the same Message-ID, and it ends sent once", async () => {
  const mailer = takesAll();
  await tellOf(3);
  const dying = { query: db.query.bind(db), transaction: () => Promise.reject(new Error("the process died")) };
  await expect(send(mailer, { db: dying })).rejects.toThrow("the process died");

  const beforeTheLeaseEnds = await send(mailer);
  later(HOUR);
  await send(mailer);

  expect(beforeTheLeaseEnds).toBe(0);
  const [first, again] = [mailer.given.slice(0, 3), mailer.given.slice(3)];
  const inOrder = (mails: Mail[]) => mails.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  expect(inOrder(again)).toEqual(inOrder(first));
  expect((await deliveries()).map(({ status }) => status)).toEqual(["SENT", "SENT", "SENT"]);
  expect(await events()).toHaveLength(3);
});

test("gives up after its attempts, and says why", async () => {
  const mailer = mailerThat(() => Promise.reject(new Error(`full\0of ${"\u{1F4EA}".repeat(300)}`)));
  await tellOf(1);

  for (let attempt = 0; attempt < MAX_ATTEMPTS + 2; attempt++) {
    await send(mailer);
    later(HOUR);
  }

  expect(mailer.given).toHaveLength(MAX_ATTEMPTS);
  expect(await deliveries()).toMatchObject([{ status: "FAILED", attempts: MAX_ATTEMPTS }]);
  expect(await events()).toMatchObject([
    { type: "notifications.failed", data: { reason: expect.stringMatching(/^full of 📪{246}$/u) } },
  ]);
});

const notNow = () => mailerThat(() => Promise.reject(new Error("not now")));

test.each([
  ["failed for good", new MailRefused("too late"), notNow(), "PENDING", []],
  ["failed for good", new MailRefused("too late"), takesAll(), "SENT", ["notifications.sent"]],
  ["sent its mail", undefined, notNow(), "SENT", ["notifications.sent"]],
  ["sent its mail", undefined, takesAll(), "SENT", ["notifications.sent"]],
])("a worker that %s after its lease counts for what it sent, and for nothing else (%#)", async (...row) => {
  const [, failure, other, status, types] = row;
  const { promise: stuck, resolve, reject } = Promise.withResolvers<void>();
  const slow = mailerThat(() => stuck);
  await tellOf(1);
  const sending = send(slow);
  await until("the slow one has begun", () => slow.given.length === 1);
  later(HOUR);

  await send(other);
  if (failure === undefined) resolve();
  else reject(failure);
  await sending;

  expect(await deliveries()).toMatchObject([{ status }]);
  expect((await events()).map(({ type }) => type)).toEqual(types);
});

test("a stop lets the mails under way arrive, and the others are due again at once", async () => {
  const stopping = new AbortController();
  const mailer = mailerThat(() => stopping.abort());
  await tellOf(30);

  await send(mailer, { signal: stopping.signal });

  const begun = mailer.given.length;
  const states = Map.groupBy(await deliveries(), ({ status, attempts }) => `${status} ${attempts}`);
  expect(begun).toBeLessThan(30);
  expect([states.get("SENT 1")?.length, states.get("PENDING 0")?.length]).toEqual([begun, 30 - begun]);
  expect(await send(takesAll())).toBe(30 - begun);
});

test("a run sends at most a hundred mails, ten at a time", async () => {
  let [under, most] = [0, 0];
  const mailer = mailerThat(async () => {
    most = Math.max(most, ++under);
    await new Promise(setImmediate);
    under--;
  });
  await tellOf(150);

  const claimed = [await send(mailer), await send(mailer), await send(mailer)];

  expect(claimed).toEqual([100, 50, 0]);
  expect(most).toBe(10);
});

test("a run costs as many statements for a hundred mails as for one, and a single one when there is nothing to do", async () => {
  const costOf = async (count: number) => {
    if (count > 0) await tellOf(count);
    const before = db.statements;
    await send(takesAll());
    return db.statements - before;
  };

  const costs = [await costOf(0), await costOf(1), await costOf(100)];

  expect(costs).toEqual([1, 5, 5]);
});
