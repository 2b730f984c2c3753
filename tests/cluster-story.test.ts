// The same code as two nodes: calls travel over a real Redis, events over a real Kafka.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { ServiceName } from "../contract/contracts.ts";
import type { Order } from "../services/orders/orders.contract.ts";
import type { Client } from "./support/http.ts";
import { canStartBroker, type OwnBroker, ownBroker } from "./support/own-broker.ts";
import { newKey, openShop, orderBody, type RunningShop } from "./support/running-shop.ts";
import { stackSetting, warnWithoutStack } from "./support/stack.ts";
import { until } from "./support/until.ts";

warnWithoutStack();

const redisUrl = stackSetting("REDIS_URL");
const onRealServers = redisUrl !== undefined && canStartBroker ? describe : describe.skip;

const SPLIT: ServiceName[][] = [
  ["gateway", "auth", "users", "catalog", "inventory", "operations", "reports"],
  ["orders", "payments", "notifications", "reports"],
];

onRealServers("two nodes over Redis and Kafka", () => {
  let kafka: OwnBroker;
  let shop: RunningShop;
  let customer: Client;
  let staff: Client;

  beforeAll(async () => {
    kafka = await ownBroker();
    await kafka.start();
    const settings = { brokers: [kafka.address], clientId: "cluster", partitions: 4, replicas: 1 };
    // The one that the stack's Redis lets its user talk in.
    const namespace = "commerce";
    shop = await openShop({ redisUrl, namespace, eventDriver: "kafka", kafka: settings }, SPLIT);
    [customer, staff] = [await shop.customer(), await shop.staff()];
  }, 120_000);
  afterAll(async () => {
    await shop.close();
    await kafka.remove();
  }, 60_000);

  test("orders of one node are reported and told by the other, each once", async () => {
    const body = () => orderBody({ lines: [{ sku: "TEAPOT-1L", quantity: 1 }] });
    const orders = await Promise.all(
      Array.from(
        { length: 40 },
        async () => (await customer.post<Order>("/v1/orders", body(), { key: newKey() })).body,
      ),
    );

    await until(
      "all reported",
      async () => {
        const { body } = await staff.get<{ total: { orders: number } }>("/v1/reports/sales?groupBy=day");
        return body.total.orders >= orders.length;
      },
      30_000,
    );
    await shop.told();

    expect(orders.map(({ status }) => status)).toEqual(orders.map(() => "CONFIRMED"));
    const { body: report } = await staff.get<{ total: object }>("/v1/reports/sales?groupBy=product");
    expect(report.total).toEqual({ orders: 40, units: 40, amount: { amount: 40 * 3400, currency: "GBP" } });
    const told = await shop.rows<{ n: number }>(
      "notifications",
      "select count(*)::int as n from deliveries where status = 'SENT' and order_id = any($1)",
      [orders.map(({ id }) => id)],
    );
    expect(told).toEqual([{ n: 40 }]);
  }, 60_000);

  test("operators see both nodes at once", async () => {
    const { body } = await staff.get<{ data: { service: string }[]; unavailable: string[] }>("/v1/admin/event-flow");

    expect(body.unavailable).toEqual([]);
    expect(body.data.map(({ service }) => service).sort()).toEqual(
      [...new Set(SPLIT.flat())].filter((name) => name !== "gateway" && name !== "operations").sort(),
    );
  });
});
