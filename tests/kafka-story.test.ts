// The whole shop over a real Kafka: a month of a real shop's invoices, read back from the log by somebody else's client, from
// the reports, and with Kafka away in between.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { replay } from "../replay/replay.ts";
import type { ReplayOptions } from "../replay/replay-options.ts";
import { DEMO_ACCOUNTS } from "../runtime/seed-shop.ts";
import type { Order } from "../services/orders/orders.contract.ts";
import { findProgram } from "../stack/find-program.ts";
import type { Client } from "./support/http.ts";
import { canStartBroker, type OwnBroker, ownBroker, warnWithoutBroker } from "./support/own-broker.ts";
import { newKey, openShop, orderBody, type RunningShop } from "./support/running-shop.ts";
import { until } from "./support/until.ts";

const MONTH = fileURLToPath(new URL("../../shared/data/online-retail/2010-12.csv.gz", import.meta.url));
warnWithoutBroker();
const has = { month: existsSync(MONTH), kcat: findProgram("kcat", process.env) !== undefined };
for (const [what, isThere] of Object.entries(has)) {
  if (!isThere) process.stderr.write(`\n*** No ${what}: what needs it of the shop over Kafka is LEFT OUT. ***\n\n`);
}
const withKafka = canStartBroker ? describe : describe.skip;
const withMonth = has.month ? test : test.skip;
const withKcat = has.kcat ? test : test.skip;

interface Fact {
  key: string;
  type: string;
  version: number;
}

withKafka("a shop over Kafka", () => {
  let kafka: OwnBroker;
  let shop: RunningShop;
  let customer: Client;
  let staff: Client;

  beforeAll(async () => {
    kafka = await ownBroker();
    await kafka.start();
    const settings = { brokers: [kafka.address], clientId: "story", partitions: 3, replicas: 1 };
    shop = await openShop({ eventDriver: "kafka", kafka: settings });
    [customer, staff] = [await shop.customer(), await shop.staff()];
  }, 120_000);
  afterAll(async () => {
    await shop.close();
    await kafka.remove();
  }, 60_000);

  const place = async () => (await customer.post<Order>("/v1/orders", orderBody(), { key: newKey() })).body;
  const total = async (query = "") =>
    (await staff.get<{ total: { orders: number } }>(`/v1/reports/sales?groupBy=day${query}`)).body.total;
  const countOf = async (database: "orders" | "notifications", sql: string) =>
    (await shop.rows<{ n: number }>(database, `select (${sql})::int as n`))[0]?.n;

  withMonth(
    "a month of invoices comes to the same total in the orders, the payments and the reports",
    async () => {
      const { email, password } = DEMO_ACCOUNTS.staff;
      const reporter = { progress: () => {}, note: () => {} };
      const options: ReplayOptions = { file: MONTH, url: shop.url, email, password, concurrency: 32, reporter };
      const { figures, failures } = await replay(options);
      await until("the reports have the month", async () => (await total()).orders === 1_559, 60_000);

      expect(failures).toEqual([]);
      expect(figures).toMatchObject({ invoices: 1_559, units: 359_239, total: 82_374_614 });
      const [paid] = await shop.rows<{ pence: number }>(
        "payments",
        "select sum(authorized)::int as pence from payment_intents where status = 'REQUIRES_CAPTURE'",
      );
      const ordered = await countOf("orders", "select sum(total) from orders where status = 'CONFIRMED'");
      for (const groupBy of ["day", "product", "country"]) {
        const { body } = await staff.get<{ total: object }>(`/v1/reports/sales?groupBy=${groupBy}`);
        const amount = { amount: ordered, currency: "GBP" };
        expect({ groupBy, total: body.total }).toEqual({ groupBy, total: { orders: 1_559, units: 359_239, amount } });
      }
      expect([ordered, paid?.pence]).toEqual([82_374_614, 82_374_614]);
    },
    180_000,
  );

  test("with Kafka away orders are placed, the outbox is seen growing, and it drains when Kafka is back", async () => {
    const before = await total();
    await kafka.kill();

    const orders = await Promise.all(Array.from({ length: 10 }, place));
    const waiting = await outboxOf("orders");
    await kafka.start();

    expect(orders.map(({ status }) => status)).toEqual(orders.map(() => "CONFIRMED"));
    expect(waiting).toBeGreaterThanOrEqual(20);
    await until("all of them reported", async () => (await total()).orders === before.orders + 10, 60_000);
    expect(await outboxOf("orders")).toBe(0);
  }, 120_000);
  const outboxOf = async (service: string) => {
    const { body } = await staff.get<{ data: { service: string; unsent: number }[] }>("/v1/admin/event-flow");
    return body.data.find((flow) => flow.service === service)?.unsent;
  };

  withKcat(
    "an independent client finds every fact of every order, by the order's id, in the order of its history",
    async () => {
      await place();
      await shop.settled();

      const facts = ["orders", "inventory", "payments"].map((service) => readTopic(`commerce.${service}.v1`));

      const [ofOrders = [], ofInventory = [], ofPayments = []] = facts;
      const orders = await shop.rows<{ id: string; version: number }>("orders", "select id, version from orders");
      for (const { id, version } of orders) {
        const own = ofOrders.filter(({ key }) => key === id);
        expect(own.map((fact) => fact.version)).toEqual(Array.from({ length: version }, (_, i) => i + 1));
        expect(own.map(({ type }) => type)).toEqual(["orders.created", "orders.confirmed"]);
        const held = ofInventory.filter(({ key }) => key === id).map(({ type }) => type);
        expect(held).toEqual(["inventory.reserved", "inventory.reservation_committed"]);
        expect(ofPayments.filter(({ key }) => key === id).map(({ type }) => type)).toEqual(["payments.authorized"]);
      }
      const recorded = await countOf("orders", "select count(*) from outbox");
      expect(ofOrders).toHaveLength(recorded as number);
    },
    60_000,
  );

  /** The first delivery of each event: one that came twice counts once, as it does for every consumer. */
  function readTopic(topic: string): Fact[] {
    const args = ["-b", kafka.address, "-t", topic, "-C", "-e", "-q", "-o", "beginning", "-f", "%k\\t%h\\n"];
    const { stdout, status, stderr } = spawnSync("kcat", args, { encoding: "utf8", maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(stderr);
    const seen = new Set<string>();
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .flatMap((line) => {
        const [key = "", text = ""] = line.split("\t");
        const headers = Object.fromEntries(text.split(",").map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
        if (seen.has(headers.ce_id)) return [];
        seen.add(headers.ce_id);
        return [{ key, type: headers.ce_type, version: Number(headers.ce_aggregateversion) }];
      });
  }
});
