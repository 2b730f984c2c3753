// A day in the back office: stock, customers, and orders for others.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Page } from "../contract/page.ts";
import type { StockLevel } from "../services/inventory/inventory.contract.ts";
import type { Order } from "../services/orders/orders.contract.ts";
import type { User } from "../services/users/users.contract.ts";
import { type Client, saidOf } from "./support/http.ts";
import { newKey, openShop, orderBody, type RunningShop } from "./support/running-shop.ts";

let shop: RunningShop;
let staff: Client;

beforeAll(async () => {
  shop = await openShop();
  staff = await shop.staff();
  await staff.post("/v1/products", { title: "Copper jug", variants: [{ sku: "JUG", price: gbp(2_450) }] });
}, 60_000);
afterAll(() => shop.close());

const gbp = (amount: number) => ({ amount, currency: "GBP" });
const adjust = (change: object, key = newKey()) =>
  staff.post<StockLevel>("/v1/stock-adjustments", { sku: "JUG", reason: "delivery", ...change }, { key });

test("stock is added once per key, counted, and explained by its ledger", async () => {
  const key = newKey();
  expect(await adjust({ delta: 10 }, key)).toMatchObject({
    status: 201,
    body: { sku: "JUG", onHand: 10, reserved: 0, available: 10 },
  });
  const replayed = await adjust({ delta: 10 }, key);
  expect(replayed).toMatchObject({ body: { onHand: 10 }, headers: { "idempotent-replayed": "true" } });
  expect(saidOf(await adjust({ delta: 11 }, key))).toBe("422 idempotency_key_reused");
  expect(saidOf(await staff.post("/v1/stock-adjustments", { sku: "JUG", delta: 1, reason: "?" }))).toBe(
    "400 idempotency_key_missing",
  );
  expect((await adjust({ onHand: 7, reason: "inventory" })).body.onHand).toBe(7);
  await staff.post("/v1/orders", orderBody({ lines: [{ sku: "JUG", quantity: 3 }] }), { key: newKey() });
  expect(saidOf(await adjust({ delta: -5 }))).toBe("409 stock_reserved");

  expect((await staff.get("/v1/stock-levels/JUG")).body).toEqual({ sku: "JUG", onHand: 7, reserved: 3, available: 4 });
  const { data } = (await staff.get<Page<Record<string, unknown>>>("/v1/stock-movements?filter[sku]=JUG")).body;
  expect(data.map(({ type, onHandDelta, reservedDelta }) => [type, onHandDelta, reservedDelta])).toEqual([
    ["RESERVATION", 0, 3],
    ["ADJUSTMENT", -3, 0],
    ["ADJUSTMENT", 10, 0],
  ]);
  expect(data[1]).toMatchObject({ reason: "inventory", actorId: expect.any(String) });
});

test("twenty equal adjustments at once under one key add once", async () => {
  const key = newKey();
  const answers = await Promise.all(Array.from({ length: 20 }, () => adjust({ sku: "ONCE", delta: 4 }, key)));

  expect(answers.map(({ status, body }) => [status, body.onHand])).toEqual(Array(20).fill([201, 4]));
  expect(answers.filter(({ headers }) => headers["idempotent-replayed"] === undefined)).toHaveLength(1);
});

test("stock levels come in pages by SKU", async () => {
  const { data, page } = (await staff.get<Page<StockLevel>>("/v1/stock-levels?limit=3")).body;
  const next = (await staff.get<Page<StockLevel>>(`/v1/stock-levels?limit=3&after=${page.nextCursor}`)).body;

  const skus = [...data, ...next.data].map(({ sku }) => sku);

  expect(skus).toEqual([...new Set(skus)].sort());
  expect(skus).toHaveLength(6);
});

test("an order for a customer has the prices, the reference and the day that were agreed", async () => {
  const person = { email: "wholesale@example.com", name: "Wholesale Ltd", reference: "crm/17" };
  const key = newKey();
  const { body: customer } = await staff.post<User>("/v1/users", person, { key });
  expect((await staff.post<User>("/v1/users", person, { key })).headers["idempotent-replayed"]).toBe("true");
  const agreed = {
    customerId: customer.id,
    placedAt: "2010-12-01T08:26:00.000Z",
    reference: "invoice/536365",
    lines: [
      { sku: "MUG-BLUE", quantity: 6, unitPrice: gbp(999) },
      { sku: "MUG-BLUE", quantity: 1 },
    ],
  };

  const placed = await staff.post<Order>("/v1/orders", orderBody(agreed), { key: newKey() });

  expect(placed.body).toMatchObject({
    status: "CONFIRMED",
    customerId: customer.id,
    email: person.email,
    placedAt: agreed.placedAt,
    reference: agreed.reference,
    total: gbp(6 * 999 + 1250),
  });
  expect(Date.parse(placed.body.createdAt)).toBeGreaterThan(Date.parse("2020-01-01"));
  expect(saidOf(await staff.post("/v1/orders", orderBody(agreed), { key: newKey() }))).toBe("409 reference_taken");
  for (const query of [
    `filter[customerId]=${customer.id}`,
    "filter[reference]=invoice/536365&filter[status]=CONFIRMED",
  ]) {
    expect((await staff.get<Page<Order>>(`/v1/orders?${query}`)).body.data).toEqual([placed.body]);
  }
  expect((await staff.get<Page<User>>("/v1/users?filter[reference]=crm/17")).body.data).toEqual([customer]);
  expect((await staff.get<User>(`/v1/users/${customer.id}`)).body).toEqual(customer);
});

test("an order for a guest belongs to nobody, and is reached by the e-mail address that was given", async () => {
  const placed = await staff.post<Order>("/v1/orders", orderBody({ email: "fair@example.com" }), { key: newKey() });
  const ada = await shop.customer();

  expect(placed.body).toMatchObject({ status: "CONFIRMED", customerId: null, email: "fair@example.com" });
  expect(saidOf(await ada.get(`/v1/orders/${placed.body.id}`))).toBe("404 order_not_found");
});

test("a customer who was entered by staff cannot be taken over by registering", async () => {
  await staff.post("/v1/users", { email: "known@example.com", name: "Known" });

  const taken = await shop.anyone.post("/v1/auth/register", {
    email: "Known@example.com",
    password: "a walk by the sea",
    name: "Mallory",
  });

  expect(taken.status).toBe(202);
  const entering = { email: "known@example.com", password: "a walk by the sea" };
  expect(saidOf(await shop.anyone.post("/v1/auth/login", entering))).toBe("401 invalid_credentials");
  expect(saidOf(await staff.post("/v1/users", { email: "known@example.com", name: "Twice" }))).toBe("409 email_taken");
});

test("no answer above had a header that the document does not list", () => {
  expect([...shop.anyone.unlistedHeaders]).toEqual([]);
});
