// The first order of the README, as a customer makes it: over HTTP, and nothing else.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Page } from "../contract/page.ts";
import { readConfig } from "../runtime/config.ts";
import type { StockLevel } from "../services/inventory/inventory.contract.ts";
import type { Order } from "../services/orders/orders.contract.ts";
import { type Client, saidOf } from "./support/http.ts";
import { newKey, openShop, orderBody, type RunningShop } from "./support/running-shop.ts";
import { until } from "./support/until.ts";

let shop: RunningShop;
let ada: Client;
let staff: Client;

beforeAll(async () => {
  shop = await openShop({
    orders: {
      ...readConfig({
        ORDER_MAX_UNITS_PER_SKU: "1000000",
        UNPAID_UNITS_PER_CUSTOMER: "2000000",
        UNPAID_UNITS_PER_NETWORK: "2000000",
      }).orders,
      timeBudgetMs: 1_500,
    },
    sandbox: { slowMs: 2_200, webhookSecrets: ["the secret of a story"] },
  });
  [ada, staff] = await Promise.all([shop.customer(), shop.staff()]);
}, 60_000);
afterAll(() => shop.close());

const place = (who: Client, changes: Record<string, unknown> = {}, key = newKey()) =>
  who.post<Order>("/v1/orders", orderBody(changes), { key });
const availableOf = async (sku: string) =>
  (await staff.get<StockLevel>(`/v1/stock-levels/${encodeURIComponent(sku)}`)).body.available;
const chargesOf = (order: Order) =>
  shop.rows<{ status: string }>(
    "sandbox",
    "select status from charges where method = $1 and amount = $2 order by created_at desc limit 1",
    ["pm_card_visa", order.total.amount],
  );

test("an order is placed, read, listed, and told from the beginning", async () => {
  const grace = await shop.register("Grace");

  const placed = await place(grace, {
    lines: [
      { sku: "MUG-BLUE", quantity: 2 },
      { sku: "TEAPOT-1L", quantity: 1 },
    ],
  });

  const { id, number, createdAt } = placed.body;
  expect(placed).toMatchObject({ status: 201, headers: { location: `/v1/orders/${id}` } });
  expect(placed.body).toMatchObject({
    status: "CONFIRMED",
    paymentStatus: "AUTHORIZED",
    fulfillmentStatus: "UNFULFILLED",
    reason: null,
    customerId: grace.id,
    email: grace.email,
    total: { amount: 2 * 1250 + 3400, currency: "GBP" },
    lines: [
      { sku: "MUG-BLUE", title: "Enamel mug, blue", quantity: 2, total: { amount: 2500, currency: "GBP" } },
      { sku: "TEAPOT-1L", quantity: 1, unitPrice: { amount: 3400, currency: "GBP" } },
    ],
  });
  expect(number).toMatch(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
  expect((await grace.get<Order>(placed.headers.location as string)).body).toEqual(placed.body);
  expect((await grace.get<Page<Order>>("/v1/orders")).body).toEqual({
    data: [placed.body],
    page: { hasMore: false, nextCursor: null },
  });

  const { body } = await grace.get<{ data: { at: string; type: string }[] }>(`/v1/orders/${id}/timeline`);
  expect(body.data.map(({ type }) => type)).toEqual([
    "order.created",
    "order.stock_reserved",
    "order.payment_authorized",
    "order.stock_committed",
    "order.confirmed",
  ]);
  const times = body.data.map(({ at }) => at);
  expect(times).toEqual([...times].sort());
  expect(times[0]).toBe(createdAt);
});

test("the orders of a customer come in pages, newest first, each exactly once", async () => {
  const hedy = await shop.register("Hedy");
  const placed: string[] = [];
  for (let i = 0; i < 5; i++) placed.unshift((await place(hedy)).body.id);

  const seen: string[] = [];
  let path: string | undefined = "/v1/orders?limit=2";
  while (path !== undefined) {
    const { data, page }: Page<Order> = (await hedy.get<Page<Order>>(path)).body;
    seen.push(...data.map(({ id }) => id));
    path = page.hasMore ? `/v1/orders?limit=2&after=${page.nextCursor}` : undefined;
  }

  expect(seen).toEqual(placed);
});

test("somebody else's order is not there", async () => {
  const { body } = await place(ada);
  const mallory = await shop.register("Mallory");

  expect(saidOf(await mallory.get(`/v1/orders/${body.id}`))).toBe("404 order_not_found");
  expect(saidOf(await mallory.get(`/v1/orders/${body.id}/timeline`))).toBe("404 order_not_found");
  expect((await mallory.get<Page<Order>>("/v1/orders")).body.data).toEqual([]);
  expect((await mallory.get<Page<Order>>("/v1/orders?filter[status]=CONFIRMED")).body.data).toEqual([]);
  expect((await staff.get<Order>(`/v1/orders/${body.id}`)).body).toEqual(body);
});

test("the same key gives the same answer again, and no second order", async () => {
  const key = newKey();
  const before = await availableOf("LANTERN");
  const lines = [{ sku: "LANTERN", quantity: 1 }];
  const first = await place(ada, { lines }, key);

  const again = await place(ada, { lines }, key);

  expect(again.body).toEqual(first.body);
  expect([first.headers["idempotent-replayed"], again.headers["idempotent-replayed"]]).toEqual([undefined, "true"]);
  expect(again).toMatchObject({ status: 201, headers: { location: first.headers.location } });
  expect(await availableOf("LANTERN")).toBe(before - 1);
});

test("the same key with another body is refused, and another customer's same key is their own", async () => {
  const key = newKey();
  const first = await place(ada, {}, key);
  const joan = await shop.register("Joan");

  expect(saidOf(await place(ada, { lines: [{ sku: "APRON", quantity: 1 }] }, key))).toBe("422 idempotency_key_reused");
  const hers = await place(joan, {}, key);
  expect(hers.status).toBe(201);
  expect(hers.body.id).not.toBe(first.body.id);
});

test("fifty identical requests at once make one order and one charge", async () => {
  const key = newKey();
  // An amount of its own, by which its charge is found.
  const lines = [{ sku: "MUG-BLUE", quantity: 50 }];
  const before = await availableOf("MUG-BLUE");

  const answers = await Promise.all(Array.from({ length: 50 }, () => place(ada, { lines }, key)));

  const made = answers.filter(({ status }) => status === 201);
  const others = new Set(answers.filter(({ status }) => status !== 201).map(saidOf));
  expect(made.length).toBeGreaterThan(0);
  expect([...others].filter((said) => said !== "409 idempotency_in_progress")).toEqual([]);
  expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
  expect(made.filter(({ headers }) => headers["idempotent-replayed"] === undefined)).toHaveLength(1);
  expect(await shop.rows("orders", "select id from orders where total = 62500")).toHaveLength(1);
  expect(await shop.rows("sandbox", "select id from charges where amount = 62500")).toHaveLength(1);
  expect(await availableOf("MUG-BLUE")).toBe(before - 50);
});

test("what was answered is what is read later, also of orders that were placed at once", async () => {
  const placed = await Promise.all(Array.from({ length: 20 }, () => place(ada)));

  const read = await Promise.all(placed.map(({ body }) => ada.get<Order>(`/v1/orders/${body.id}`)));

  expect(read.map(({ body }) => body)).toEqual(placed.map(({ body }) => body));
});

test("an order for more than there is is REJECTED, with the reason, and takes nothing", async () => {
  const before = await availableOf("APRON");

  const { status, body } = await place(ada, {
    lines: [
      { sku: "APRON", quantity: 1 },
      { sku: "MUG-RED", quantity: 1_000_000 },
    ],
  });

  expect([status, body.status, body.reason, body.paymentStatus]).toEqual([201, "REJECTED", "out_of_stock", "NONE"]);
  expect(await availableOf("APRON")).toBe(before);
  expect(await chargesOf(body)).toEqual([]);
});

test("two lines of one SKU each stand, and their stock is summed", async () => {
  const before = await availableOf("TOWEL");
  const lines = [
    { sku: "TOWEL", quantity: 1 },
    { sku: "TOWEL", quantity: 2 },
  ];

  const { body } = await place(ada, { lines });

  expect(body.lines.map(({ quantity }) => quantity)).toEqual([1, 2]);
  expect(body.total.amount).toBe(3 * 900);
  expect(await availableOf("TOWEL")).toBe(before - 3);
});

test("who does not want to wait is answered at once and finds the outcome later", async () => {
  const headers = { prefer: "respond-async" };
  const answer = await ada.post<Order>("/v1/orders", orderBody(), { key: newKey(), headers });

  expect(answer).toMatchObject({ status: 202, headers: { "preference-applied": "respond-async" } });
  expect(answer.body.status).toBe("PENDING");
  const settled = await until("the order is settled", async () => {
    const { body } = await ada.get<Order>(answer.headers.location as string);
    return body.status !== "PENDING" && body;
  });
  expect(settled.status).toBe("CONFIRMED");
});

test("no answer above had a header that the document does not list", () => {
  expect([...shop.anyone.unlistedHeaders]).toEqual([]);
});
