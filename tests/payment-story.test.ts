// What each of the sandbox's payment methods promises, seen from outside and in the sandbox's own ledger.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readConfig } from "../runtime/config.ts";
import type { StockLevel } from "../services/inventory/inventory.contract.ts";
import type { Order } from "../services/orders/orders.contract.ts";
import { TEST_METHODS } from "../services/payments/providers/sandbox/test-methods.ts";
import type { Client } from "./support/http.ts";
import { newKey, openShop, orderBody, type RunningShop } from "./support/running-shop.ts";
import { until } from "./support/until.ts";

let shop: RunningShop;
let ada: Client;
let staff: Client;

beforeAll(async () => {
  shop = await openShop({
    orders: { ...readConfig({}).orders, timeBudgetMs: 1_500 },
    sandbox: { slowMs: 2_000, webhookSecrets: ["the secret of a story"] },
  });
  [ada, staff] = await Promise.all([shop.customer(), shop.staff()]);
}, 60_000);
afterAll(() => shop.close());

const pay = (method: string) => ada.post<Order>("/v1/orders", orderBody({ payment: { method } }), { key: newKey() });
const chargesWith = async (method: string) =>
  (await shop.rows<{ status: string }>("sandbox", "select status from charges where method = $1", [method])).map(
    ({ status }) => status,
  );
const level = async () => (await staff.get<StockLevel>("/v1/stock-levels/MUG-BLUE")).body;

const OUTCOMES = [
  ["pm_card_visa", "CONFIRMED", null, "AUTHORIZED", ["authorized"]],
  ["pm_card_visa_chargeDeclined", "PAYMENT_FAILED", "card_declined", "FAILED", ["declined"]],
  ["pm_card_visa_chargeDeclinedInsufficientFunds", "PAYMENT_FAILED", "insufficient_funds", "FAILED", ["declined"]],
  ["pm_card_threeDSecure2Required", "AWAITING_PAYMENT", null, "REQUIRES_ACTION", ["action_required"]],
  ["pm_sandbox_timeoutBeforeCharge", "PAYMENT_FAILED", "provider_timeout", "FAILED", ["canceled"]],
  ["pm_sandbox_timeoutAfterCharge", "CONFIRMED", null, "AUTHORIZED", ["authorized"]],
] as const;

test.each(OUTCOMES)("%s ends %s (%s)", async (method, status, reason, paymentStatus, charges) => {
  const before = await level();

  const answer = await pay(method);

  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({ status, reason, paymentStatus });
  expect(await chargesWith(method)).toEqual(charges);
  // Whoever did not pay holds nothing; whoever may still pay does.
  const held = status === "PAYMENT_FAILED" ? 0 : 2;
  expect(await level()).toMatchObject({ onHand: before.onHand, reserved: before.reserved + held });
});

test("pm_sandbox_slow is answered while it is open, and ends CONFIRMED with one charge", async () => {
  const answer = await pay("pm_sandbox_slow");

  expect([answer.status, answer.body.status, answer.body.paymentStatus]).toEqual([201, "PENDING", "PENDING"]);
  await until("the slow payment is through", async () => {
    const { body } = await ada.get<Order>(`/v1/orders/${answer.body.id}`);
    return body.status === "CONFIRMED";
  });
  expect(await chargesWith("pm_sandbox_slow")).toEqual(["authorized"]);
});

test("no payment method of the sandbox is left out here", () => {
  const tried: string[] = [...OUTCOMES.map(([method]) => method), "pm_sandbox_slow"];

  expect(tried.sort()).toEqual(Object.keys(TEST_METHODS).sort());
});

test("a declined order tells how it ended, from the beginning", async () => {
  const { body } = await pay("pm_card_visa_chargeDeclined");

  const timeline = await ada.get<{ data: { type: string; data: object }[] }>(`/v1/orders/${body.id}/timeline`);

  expect(timeline.body.data.map(({ type }) => type)).toEqual([
    "order.created",
    "order.stock_reserved",
    "order.stock_released",
    "order.payment_failed",
  ]);
  expect(timeline.body.data.at(-1)?.data).toEqual({ reason: "card_declined" });
});

test("a declined order repeated under its key is the same declined order, not another attempt", async () => {
  const key = newKey();
  const body = orderBody({ payment: { method: "pm_card_visa_chargeDeclinedInsufficientFunds" } });
  const first = await ada.post<Order>("/v1/orders", body, { key });
  const charges = await chargesWith("pm_card_visa_chargeDeclinedInsufficientFunds");

  const again = await ada.post<Order>("/v1/orders", body, { key });

  expect(again.body).toEqual(first.body);
  expect(again.headers["idempotent-replayed"]).toBe("true");
  expect(await chargesWith("pm_card_visa_chargeDeclinedInsufficientFunds")).toEqual(charges);
});
