import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Database } from "../../../database/database.ts";
import { type TestDatabase, testDatabase } from "../../../tests/support/postgres.ts";
import { until } from "../../../tests/support/until.ts";
import { MAX_ATTEMPTS } from "../retry-delay.ts";
import { type ToTell, tellCustomers } from "../tell-customers.ts";
import { ADDRESS, orderEvent, SHOP } from "../testing/order-events.ts";
import { type ComposeTools, composeDeliveries } from "./compose-deliveries.ts";
import { openTemplates } from "./templates.ts";

const HOUR = 3_600_000;
const templates = openTemplates();
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
const tell = (...events: ToTell[]) => db.transaction(async (tx) => tellCustomers(tx, events, now));
const compose = (tools: Partial<ComposeTools> = {}) =>
  composeDeliveries({
    db,
    templates,
    shop: SHOP,
    clock: () => now,
    unverified: async () => [],
    addressesOf: async (ids) => ids.map((id) => ({ id, shippingAddress: ADDRESS })),
    ...tools,
  });
const deliveries = () =>
  db.query<{ kind: string; subject: string | null; body: string | null; html: string | null; facts: unknown }>({
    name: "test_deliveries",
    text: `select kind, subject, body, html, facts, status, attempts, error, wake_at is not null as "toSend",
        compose_at is not null as "toCompose"
      from deliveries order by kind, id`,
  });

test("a mail is written with the address that its order's service tells, and then due to be sent", async () => {
  await tell(orderEvent("orders.confirmed"));

  await compose();

  const [mail] = await deliveries();
  expect(mail).toMatchObject({ facts: null, toSend: true, toCompose: false, status: "PENDING", attempts: 0 });
  expect(mail?.subject).toBe("Your order 7KD2M-X9PQR is confirmed");
  expect(mail?.body).toContain("SW1Y 4JH");
  expect(mail?.html).toContain("SW1Y 4JH");
});

test("what waits to be written loses nothing: quotes, braces and backslashes arrive as they were typed", async () => {
  const title = String.raw`{"Mug", 'blue'} \ \n \u0000 {{ x }} 🫖`;
  await tell(orderEvent("orders.rejected", { lines: [{ sku: "M", title, quantity: 1, unitPrice: 1, total: 1 }] }));

  await compose();

  expect((await deliveries())[0]?.body).toContain(`- 1 x ${title} (M): £0.01\n`);
});

test("orders are asked once for all, and only where a mail says where they go", async () => {
  const asked: (readonly string[])[] = [];
  const addressesOf: ComposeTools["addressesOf"] = async (ids) => {
    asked.push(ids);
    return [];
  };
  const confirmed = [orderEvent("orders.confirmed"), orderEvent("orders.confirmed")];
  await tell(orderEvent("orders.payment_failed"), orderEvent("orders.rejected"), orderEvent("orders.expired"));

  await compose({ addressesOf });
  await tell(...confirmed);
  await compose({ addressesOf });

  expect(asked.map((ids) => [...ids].sort())).toEqual([confirmed.map(({ data }) => data.orderId).sort()]);
  expect((await deliveries()).map(({ subject }) => subject)).not.toContain(null);
});

test("while orders cannot be asked, what needs no address is written, and the rest waits and says why", async () => {
  const away = () => Promise.reject(new Error("Service 'orders.addressesOf' is not found."));
  await tell(orderEvent("orders.confirmed"), orderEvent("orders.rejected"));

  await compose({ addressesOf: away });
  const [confirmed, rejected] = await deliveries();
  later(5_000);
  await compose();

  expect(rejected).toMatchObject({ toSend: true });
  expect(confirmed).toMatchObject({
    toSend: false,
    toCompose: true,
    status: "PENDING",
    error: "where the order goes could not be asked: Service 'orders.addressesOf' is not found.",
  });
  expect((await deliveries())[0]).toMatchObject({ toSend: true, error: null });
});

test("a template that cannot bear an order costs its neighbours nothing, and is given up on after its attempts", async () => {
  const broken: typeof templates = {
    ...templates,
    of: (kind, language) => {
      if (kind === "order_rejected") throw new Error("the template en/order_rejected.text.liquid: it is broken");
      return templates.of(kind, language);
    },
  };
  await tell(orderEvent("orders.rejected"), orderEvent("orders.expired"));

  for (let attempt = 0; attempt < MAX_ATTEMPTS + 2; attempt++) {
    await compose({ templates: broken });
    later(HOUR);
  }

  const [expired, rejected] = await deliveries();
  expect(expired).toMatchObject({ toSend: true });
  expect(rejected).toMatchObject({
    status: "FAILED",
    attempts: MAX_ATTEMPTS,
    error: expect.stringContaining("broken"),
  });
  const events = await db.query({ name: "test_events", text: "select type, data from outbox" });
  expect(events).toMatchObject([{ type: "notifications.failed", data: { kind: "order_rejected" } }]);
});

test("who is overtaken after its lease changes nothing of what was written, whether it writes or fails", async () => {
  const overtaken = async (end: "resolve" | "reject") => {
    const stuck = Promise.withResolvers<never[]>();
    let asked = false;
    await tell(orderEvent("orders.confirmed"));
    const slow = compose({
      addressesOf: () => {
        asked = true;
        return stuck.promise;
      },
    });
    await until("the slow one has begun", () => asked);
    later(HOUR);
    await compose();
    const written = await deliveries();
    if (end === "resolve") stuck.resolve([]);
    else stuck.reject(new Error("too late"));
    await slow;
    return { written, after: await deliveries() };
  };

  for (const end of ["resolve", "reject"] as const) {
    const { written, after } = await overtaken(end);
    expect(written.at(-1)?.body).toContain("SW1Y 4JH");
    expect(after).toEqual(written);
  }
});

test("a worker of the release before sees a mail when it has words, and not before", async () => {
  const seen = () =>
    db.query({ name: "test_seen", text: "select subject, body from deliveries where wake_at <= $1" }, [now]);
  await tell(orderEvent("orders.confirmed"));

  const before = await seen();
  await compose();

  expect(before).toEqual([]);
  expect(await seen()).toEqual([{ subject: expect.any(String), body: expect.stringContaining("Hello") }]);
});

test("a run costs as many statements for a hundred mails as for one, and a single one when there is nothing to do", async () => {
  const costOf = async (count: number) => {
    if (count > 0) await tell(...Array.from({ length: count }, () => orderEvent("orders.confirmed")));
    const before = db.statements;
    await compose();
    return db.statements - before;
  };

  const costs = [await costOf(0), await costOf(1), await costOf(100)];

  expect(costs).toEqual([1, 2, 2]);
});

test("who did not show the address to be theirs is not mailed, until they do; a guest whom staff entered is", async () => {
  const customerId = "0195f1a0-0000-7000-8000-000000000001";
  await tell(orderEvent("orders.confirmed", { customerId }), orderEvent("orders.confirmed", { customerId: null }));

  await compose({ unverified: async (ids) => ids });
  const [stranger, guest] = (await deliveries()).toSorted((one) => (one.subject === null ? -1 : 1));
  expect(stranger).toMatchObject({
    status: "PENDING",
    subject: null,
    error: expect.stringContaining("not shown to be"),
  });
  expect(guest?.subject).not.toBeNull();

  later(3_600_000);
  await compose({ unverified: async () => [] });
  expect((await deliveries()).every(({ subject }) => subject !== null)).toBe(true);
});
