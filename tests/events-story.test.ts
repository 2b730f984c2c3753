// What follows from an order once it is placed: told by events alone, seen over HTTP. Without Kafka, within one process.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import PostalMime from "postal-mime";
import type { Order } from "../services/orders/orders.contract.ts";
import type { Client } from "./support/http.ts";
import { newKey, openShop, orderBody, type RunningShop } from "./support/running-shop.ts";
import { until } from "./support/until.ts";

let shop: RunningShop;
let customer: Client;
let staff: Client;

beforeAll(async () => {
  shop = await openShop();
  [customer, staff] = [await shop.customer(), await shop.staff()];
}, 60_000);
afterAll(() => shop.close());

interface Report {
  data: { key: string; orders: number; units: number; amount: { amount: number; currency: string } }[];
  total: { orders: number; units: number; amount: { amount: number; currency: string } };
  asOf: string | null;
}

const place = async (changes: Record<string, unknown> = {}): Promise<Order> =>
  (await customer.post<Order>("/v1/orders", orderBody(changes), { key: newKey() })).body;
const report = async (query: string) => (await staff.get<Report>(`/v1/reports/sales?${query}`)).body;
const mailsOf = (order: Order): string[] =>
  readdirSync(join(shop.dataDir, "mail"))
    .filter((name) => name.endsWith(".eml"))
    .map((name) => readFileSync(join(shop.dataDir, "mail", name), "utf8"))
    .filter((mail) => mail.includes(order.number));

test("a confirmed order is in the sales of its day, its products and its country", async () => {
  const before = await report("groupBy=country");

  const order = await place({
    lines: [
      { sku: "MUG-BLUE", quantity: 2 },
      { sku: "MUG-RED", quantity: 1 },
      { sku: "MUG-BLUE", quantity: 1 },
    ],
    shippingAddress: { name: "Ada", line1: "1 Rue de Rivoli", city: "Paris", postalCode: "75001", country: "FR" },
  });
  await shop.told();

  const [byCountry, byProduct, byDay] = await Promise.all([
    report("groupBy=country"),
    report("groupBy=product"),
    report("groupBy=day"),
  ]);
  const france = { key: "FR", orders: 1, units: 4, amount: order.total };
  expect(byCountry.data.find(({ key }) => key === "FR")).toEqual(france);
  expect(byProduct.data.find(({ key }) => key === "MUG-BLUE")).toMatchObject({ orders: 1, units: 3 });
  expect(byDay.data.at(-1)).toMatchObject({ key: order.placedAt.slice(0, 10) });
  for (const { total } of [byCountry, byProduct, byDay]) {
    expect(total).toMatchObject({ orders: before.total.orders + 1, units: before.total.units + 4 });
    expect(total.amount.amount).toBe(before.total.amount.amount + order.total.amount);
  }
  expect(Date.parse(byDay.asOf ?? "")).toBeGreaterThanOrEqual(Date.parse(order.createdAt));
});

test("a report is of days of the shop: a moment is refused, and the parameter named", async () => {
  const { status, body } = await staff.get<{ errors: object[] }>(
    "/v1/reports/sales?groupBy=day&to=2026-11-27T12:00:00Z",
  );

  expect(status).toBe(400);
  expect(body.errors[0]).toMatchObject({ parameter: "to" });
  expect(await report("groupBy=day&from=2026-11-27&to=2026-11-27")).toMatchObject({ timeZone: "UTC" });
});

test("its customer is told once, by mail", async () => {
  const order = await place();
  await shop.told();

  // As after a crash between applying and remembering that it was published.
  await shop.rows("orders", "update outbox set published_at = null");
  await shop.told();

  const mails = mailsOf(order);
  expect(mails).toHaveLength(1);
  expect(mails[0]).toMatch(/^To: ada@example.com$/m);
  expect(
    (await staff.get<{ data: unknown[] }>(`/v1/notifications?filter[orderId]=${order.id}`)).body.data,
  ).toMatchObject([{ kind: "order_confirmed", status: "SENT", recipient: "ada@example.com" }]);
});

test("who reads German is written to in German, of what they bought and where it goes", async () => {
  const account = { email: "jörg@bücher.example", password: "correct horse battery", name: "Jörg", language: "de" };
  await shop.anyone.post("/v1/auth/register", account);
  await shop.rows("auth", "update credentials set verified_at = now()");
  const joerg = await shop.signIn(account);
  const placed = await joerg.post<Order>("/v1/orders", orderBody(), { key: newKey() });
  const order = placed.body;
  await shop.told();

  const sent = await staff.get<{ data: { id: string }[] }>(`/v1/notifications?filter[orderId]=${order.id}`);
  const [delivery] = sent.body.data;
  const mail = await PostalMime.parse(readFileSync(join(shop.dataDir, "mail", `${delivery?.id}.eml`)));

  expect(order.language).toBe("de");
  expect(sent.body.data).toMatchObject([{ status: "SENT", recipient: "jörg@xn--bcher-kva.example" }]);
  expect(mail.subject).toBe(`Ihre Bestellung ${order.number} ist bestätigt`);
  for (const words of [mail.text, mail.html]) {
    expect(words).toContain(order.lines[0]?.title);
    expect(words).toContain(order.shippingAddress.line1);
  }
});

test("a customer whose payment failed is told, and nothing is counted as sold", async () => {
  const before = await report("groupBy=day");

  const order = await place({ payment: { method: "pm_card_visa_chargeDeclined" } });
  await shop.told();

  expect(order.status).toBe("PAYMENT_FAILED");
  expect(mailsOf(order)).toHaveLength(1);
  expect((await report("groupBy=day")).total).toEqual(before.total);
});

test("an order that waits for its customer is confirmed by the payment's event, and the story keeps its id", async () => {
  const headers = { "x-request-id": "the-story-of-ada" };
  const body = orderBody({ payment: { method: "pm_card_threeDSecure2Required" } });
  const { body: waiting } = await customer.post<Order>("/v1/orders", body, { key: newKey(), headers });

  await staff.post("/v1/sandbox/payment-authentications", { orderId: waiting.id, outcome: "approved" });

  const confirmed = await until("the order is confirmed", async () => {
    const { body: order } = await customer.get<Order>(`/v1/orders/${waiting.id}`);
    return order.status === "CONFIRMED" && order;
  });
  expect(waiting.status).toBe("AWAITING_PAYMENT");
  const events = await Promise.all(
    (["orders", "payments", "inventory"] as const).map((name) =>
      shop.rows<{ type: string; correlation_id: string }>(
        name,
        "select type, correlation_id from outbox where aggregate_id = $1 order by id",
        [confirmed.id],
      ),
    ),
  );
  expect(events.flat()).toHaveLength(7);
  expect(new Set(events.flat().map((event) => event.correlation_id))).toEqual(new Set(["the-story-of-ada"]));
});

test("the sales can be built anew from the first event on, and come to the same", async () => {
  await shop.told();
  const before = await report("groupBy=product");
  const mails = readdirSync(join(shop.dataDir, "mail")).length;

  const { status } = await staff.post("/v1/reports/sales/rebuilds");

  expect(status).toBe(202);
  await until("the report is whole again", async () => {
    const now = await report("groupBy=product");
    return now.total.orders === before.total.orders;
  });
  expect(await report("groupBy=product")).toEqual(before);
  await shop.told();
  expect(readdirSync(join(shop.dataDir, "mail"))).toHaveLength(mails);
});
