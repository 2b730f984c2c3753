import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { bridgedServices } from "../../contract/contracts.ts";
import { call } from "../../contract/typed.ts";
import { shut } from "../../events/testing/bridge-rig.ts";
import { CUSTOMER, openParkingShop, type ParkingShop, STAFF } from "./testing/parking-shop.ts";

let shop: ParkingShop;
beforeEach(async () => {
  shop = await openParkingShop();
});
afterEach(() => shop.close());

const list = (params: { limit?: number; after?: string } = {}) =>
  call(shop.broker, "operations.deadLetters", params, STAFF);
const get = (id: string) => call(shop.broker, "operations.deadLetter", { id }, STAFF);
const replay = (id: string) => call(shop.broker, "operations.replay", { id }, STAFF);
const discard = (id: string) => call(shop.broker, "operations.discard", { id }, STAFF);

async function park(count: number, fault = "no such day") {
  shop.fault = fault;
  await shop.confirm(count);
  shop.fault = undefined;
}
/** The one that this service has parked. */
async function parkedAt(service: string) {
  await park(1);
  const found = (await list()).data.find((letter) => letter.service === service);
  return found as NonNullable<typeof found>;
}

test("what a consumer gave up on is listed with its service, event, attempts and reason", async () => {
  await park(1);

  const { data, page, unavailable } = await list();

  expect(data.map(({ service, group }) => [service, group]).sort()).toEqual([
    ["notifications", "notifications-test"],
    ["reports", "reports-test"],
  ]);
  for (const letter of data) {
    expect(letter).toMatchObject({
      event: { type: "orders.confirmed", aggregateVersion: 1, data: { total: 1 } },
      attempts: 2,
      error: "no such day",
    });
    expect(await get(letter.id)).toEqual(letter);
  }
  expect([page, unavailable]).toEqual([{ hasMore: false, nextCursor: null }, []]);
});

test("pages show every one once, the newest of all services first, while new ones arrive", async () => {
  await park(7);
  const { data: before } = await list({ limit: 100 });
  expect(before).toHaveLength(14);

  const seen: string[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const { data, page } = await list({ limit: 4, ...(after === undefined ? {} : { after }) });
    seen.push(...data.map(({ id }) => id));
    after = page.nextCursor;
    await park(1);
  }

  expect(seen).toEqual(before.map(({ id }) => id));
  expect(seen).toEqual([...seen].sort().reverse());
  expect(new Set(before.map(({ service }) => service)).size).toBe(2);
});

test("a page takes the newest from a service that has them all", async () => {
  await park(3);
  for (const { id, service } of (await list()).data) if (service === "notifications") await discard(id);

  const { data, page } = await list({ limit: 3 });

  expect(data.map(({ service }) => service)).toEqual(["reports", "reports", "reports"]);
  expect(page.hasMore).toBe(false);
});

test("a cursor of another list is refused", async () => {
  const after = Buffer.from(JSON.stringify(["tomorrow"])).toString("base64url");

  await expect(list({ after })).rejects.toMatchObject({ code: 422, type: "INVALID_CURSOR" });
});

test("replayed, it is applied by its own consumer, and gone", async () => {
  const { id, event } = await parkedAt("reports");

  expect(await replay(id)).toEqual({ id, outcome: "applied" });

  expect(shop.applied).toEqual({ reports: [event.id], notifications: [] });
  expect((await list()).data.map(({ service }) => service)).toEqual(["notifications"]);
  await expect(get(id)).rejects.toMatchObject({ code: 404, type: "DEAD_LETTER_NOT_FOUND" });
});

test("of many operators that replay the same one, one applies it", async () => {
  const { id, event } = await parkedAt("reports");

  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => replay(id)));

  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: 404 });
  }
  expect(shop.applied.reports).toEqual([event.id]);
});

test("replayed in vain, it stays with the new reason and one attempt more", async () => {
  const { id, attempts } = await parkedAt("reports");
  shop.fault = "still no such day";

  await expect(replay(id)).rejects.toMatchObject({
    code: 409,
    type: "REPLAY_FAILED",
    data: { id, reason: "still no such day" },
  });

  expect(await get(id)).toMatchObject({ attempts: attempts + 1, error: "still no such day" });
});

test("discarded, it is gone, and what was parked elsewhere stays", async () => {
  const { id } = await parkedAt("reports");

  await discard(id);

  expect((await list()).data.map(({ service }) => service)).toEqual(["notifications"]);
  expect(shop.applied.reports).toEqual([]);
  await expect(discard(id)).rejects.toMatchObject({ code: 404, type: "DEAD_LETTER_NOT_FOUND" });
});

test.each([
  ["looked at", get],
  ["replayed", replay],
  ["discarded", discard],
])("an unknown one that is %s is not found when all were asked, and may be at who was not", async (_, act) => {
  const id = randomUUIDv7();
  await expect(act(id)).rejects.toMatchObject({ code: 404, type: "DEAD_LETTER_NOT_FOUND", data: { id } });

  await shop.broker.destroyService("reports");

  await expect(act(id)).rejects.toMatchObject({
    code: 503,
    type: "SERVICES_MISSING",
    data: { services: ["reports"], retryAfter: 5 },
  });
});

test("a service that is not there is named, and the others' answers come all the same", async () => {
  const { id } = await parkedAt("notifications");
  await shop.broker.destroyService("reports");

  const { data, unavailable } = await list();

  expect([data.map(({ service }) => service), unavailable]).toEqual([["notifications"], ["reports"]]);
  expect(await replay(id)).toEqual({ id, outcome: "applied" });
});

test("a service whose database is away is named in the list and in the flow", async () => {
  const open = await shut(shop.databases.reports);

  const [letters, flow] = await Promise.all([list(), call(shop.broker, "operations.eventFlow", {}, STAFF)]);

  await open();
  expect([letters.unavailable, flow.unavailable]).toEqual([["reports"], ["reports"]]);
  expect(flow.data.map(({ service }) => service)).toEqual(bridgedServices.filter((name) => name !== "reports"));
});

test("the flow tells of every outbox and consumer", async () => {
  await park(2);

  const { data, unavailable } = await call(shop.broker, "operations.eventFlow", {}, STAFF);

  expect(unavailable).toEqual([]);
  expect(data.map(({ service }) => service)).toEqual(bridgedServices);
  expect(data.find(({ service }) => service === "orders")).toMatchObject({ unsent: 0, oldestSeconds: 0, groups: [] });
  expect(data.find(({ service }) => service === "reports")?.groups).toEqual([
    { group: "reports-test", parked: 2, lag: 0, consuming: true },
  ]);
});

test.each(["deadLetters", "deadLetter", "replay", "discard", "eventFlow"])("%s is for staff alone", async (action) => {
  const params = ["deadLetters", "eventFlow"].includes(action) ? {} : { id: randomUUIDv7() };

  await expect(shop.broker.call(`operations.${action}`, params, CUSTOMER)).rejects.toMatchObject({ code: 403 });
  await expect(shop.broker.call(`operations.${action}`, params)).rejects.toMatchObject({ code: 401 });
});
