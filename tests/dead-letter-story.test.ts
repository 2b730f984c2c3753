// An event that no consumer can apply, from a producer that was wrong once: operators find it, try it, and give it up.
import { randomUUIDv7 } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { ResultOf } from "../contract/contract.ts";
import { bridgeOf } from "../events/bridge.ts";
import { processMetrics } from "../runtime/metrics.ts";
import { openOperatorServer } from "../runtime/operator-server.ts";
import { COMMANDS } from "../runtime/repl/commands.ts";
import type { operations } from "../services/operations/operations.contract.ts";
import { type Client, saidOf } from "./support/http.ts";
import { newKey, openShop, orderBody, type RunningShop } from "./support/running-shop.ts";
import { until } from "./support/until.ts";

type List = ResultOf<(typeof operations)["actions"]["deadLetters"]>;
type Letter = ResultOf<(typeof operations)["actions"]["deadLetter"]>;
type EventFlow = ResultOf<(typeof operations)["actions"]["eventFlow"]>;

let shop: RunningShop;
let staff: Client;
let ada: Client;
beforeAll(async () => {
  // What it would log is what these tests are about.
  shop = await openShop({ logLevel: "fatal" });
  [staff, ada] = await Promise.all([shop.staff(), shop.customer()]);
}, 60_000);
afterAll(() => shop.close());

/** As an old version of `orders` might have written it. @returns its subject */
async function confirmWithoutOrder(): Promise<string> {
  const order = randomUUIDv7();
  await shop.rows(
    "orders",
    `insert into outbox (event_id, type, aggregate_id, aggregate_version, data, occurred_at)
      values ($1, 'orders.confirmed', $2, 1, '{"mug": true}', now())`,
    [randomUUIDv7(), order],
  );
  return order;
}

/** The one that `reports` could not apply. */
async function parkedOf(order: string): Promise<Letter> {
  return until("reports has parked it", async () => {
    const { body } = await staff.get<List>("/v1/admin/dead-letters");
    return body.data.find(({ service, event }) => service === "reports" && event.subject === order);
  });
}

test("it is listed with what it is and why, and what came behind it is applied", async () => {
  const order = await confirmWithoutOrder();
  const { status } = await ada.post("/v1/orders", orderBody(), { key: newKey() });
  expect(status).toBe(201);

  const letter = await parkedOf(order);

  expect(letter).toEqual({
    service: "reports",
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    group: "reports-sales",
    event: expect.objectContaining({ type: "orders.confirmed", subject: order, data: { mug: true } }),
    attempts: 1,
    error: "/orderId must have required property 'orderId'",
    parkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });
  expect((await staff.get(`/v1/admin/dead-letters/${letter.id}`)).body).toEqual(letter);
  await shop.settled();
  const { body: sales } = await staff.get<{ total: { orders: number } }>("/v1/reports/sales?groupBy=day");
  expect(sales.total.orders).toBe(1);
});

test("replayed it fails again with the reason, discarded it is gone", async () => {
  const { id } = await parkedOf(await confirmWithoutOrder());
  const path = `/v1/admin/dead-letters/${id}`;

  const replayed = await staff.post<{ detail: string }>(`${path}/replay`);

  expect(saidOf(replayed)).toBe("409 replay_failed");
  expect(replayed.body.detail).toBe("It failed again: /orderId must have required property 'orderId'");
  expect((await staff.get<Letter>(path)).body.attempts).toBe(2);
  const discarded = await staff.delete(path);
  expect([discarded.status, discarded.text]).toEqual([204, ""]);
  for (const answer of [staff.get(path), staff.post(`${path}/replay`), staff.delete(path)]) {
    expect(saidOf(await answer)).toBe("404 dead_letter_not_found");
  }
});

test("pages follow one another", async () => {
  for (let i = 0; i < 3; i++) await parkedOf(await confirmWithoutOrder());

  const first = await staff.get<List>("/v1/admin/dead-letters?limit=2");
  const next = await staff.get<List>(`/v1/admin/dead-letters?limit=2&after=${first.body.page.nextCursor}`);

  const ids = [...first.body.data, ...next.body.data].map(({ id }) => id);
  expect(ids).toHaveLength(4);
  expect(ids).toEqual([...new Set(ids)].sort().reverse());
});

test("the flow of events and the metrics count what is parked, and the REPL shows it", async () => {
  await parkedOf(await confirmWithoutOrder());
  await shop.settled();
  const { body: flow } = await staff.get<EventFlow>("/v1/admin/event-flow");
  const { body: list } = await staff.get<List>("/v1/admin/dead-letters?limit=100");
  const parked = list.data.filter(({ group }) => group === "reports-sales").length;
  const metrics = processMetrics(() => bridgeOf(shop.broker));
  const server = await openOperatorServer({
    host: "127.0.0.1",
    port: 0,
    chosen: true,
    token: undefined,
    metrics,
    missing: () => [],
  });

  const scraped = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();

  await server.close();
  expect(flow.unavailable).toEqual([]);
  expect(flow.data.find(({ service }) => service === "reports")?.groups).toEqual([
    { group: "reports-sales", parked, lag: 0, consuming: true },
  ]);
  expect(scraped).toContain(`commerce_dead_letters{service="reports",group="reports-sales"} ${parked}\n`);
  expect(await run("event-flow")).toMatch(new RegExp(`^reports +reports-sales +0 +${parked} +yes$`, "m"));
});

test("the REPL rebuilds the sales report for staff alone, and parks what cannot be applied anew", async () => {
  const order = await confirmWithoutOrder();
  const { id: before } = await parkedOf(order);

  await expect(run("rebuild-sales", ada.token)).rejects.toMatchObject({ code: 403 });
  expect(await run("rebuild-sales", staff.token)).toMatch(/being built anew/);

  const { id: after } = await until("it is parked anew", async () => {
    const letter = await parkedOf(order);
    return letter.id !== before && letter;
  });
  expect(after > before).toBe(true);
});

test("nobody but staff sees or touches any of it", async () => {
  const path = `/v1/admin/dead-letters/${randomUUIDv7()}`;

  for (const [client, said] of [
    [ada, "403 forbidden"],
    [shop.anyone, "401 unauthenticated"],
  ] as const) {
    const answers = [
      client.get("/v1/admin/dead-letters"),
      client.get(path),
      client.post(`${path}/replay`),
      client.delete(path),
      client.get("/v1/admin/event-flow"),
    ];
    expect((await Promise.all(answers)).map(saidOf)).toEqual(answers.map(() => said));
  }
});

function run(command: string, token?: string): Promise<string> {
  const found = COMMANDS.find((each) => each.command.split(" ")[0] === command) as (typeof COMMANDS)[number];
  return found.run(shop.broker, { token });
}
