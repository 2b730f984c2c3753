import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { refuses } from "../testing/refuses.ts";
import { as, openShop, type Shop } from "../testing/start-shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => {
  shop.served.length = 0;
});
afterAll(() => shop.broker.stop());

const refusedWith = refuses(() => shop);
const create = (body: unknown, headers: Record<string, string> = {}, type?: string) =>
  shop.ask("POST", "/v1/mugs", {
    body,
    headers: { ...as.staff, "idempotency-key": "k-1", ...headers },
    ...(type && { type }),
  });
const mug = { title: "Blue mug", price: { amount: 900, currency: "GBP" } };

describe("headers that are parameters", () => {
  test("Idempotency-Key comes with a digest of method, path and body", async () => {
    const first = (await create(mug)).json.asked.idempotency;
    const again = (await create(mug)).json.asked.idempotency;
    const other = (await create({ ...mug, title: "Red" })).json.asked.idempotency;

    expect(first).toEqual({ key: "k-1", fingerprint: expect.stringMatching(/^[\w-]{43}$/) });
    expect(again).toEqual(first);
    expect(other.fingerprint).not.toBe(first.fingerprint);
  });
  test("Idempotency-Key is asked for where it is needed, and only there", async () => {
    refusedWith(await shop.ask("POST", "/v1/mugs", { body: mug, headers: as.staff }), 400, "idempotency_key_missing");
    expect((await shop.ask("POST", "/v1/mug-orders", { headers: as.ada })).json.asked.idempotency).toBeUndefined();
  });
  test("Idempotency-Key is printable and of bounded length", async () => {
    refusedWith(await create(mug, { "idempotency-key": "k".repeat(256) }), 400, "validation_failed", {
      parameter: "Idempotency-Key",
    });
    refusedWith(await create(mug, { "idempotency-key": "k\u00e9" }), 400, "validation_failed");
    expect((await create(mug, { "idempotency-key": "k".repeat(255) })).status).toBe(201);
  });
  test("If-Match names the version that is edited", async () => {
    const edit = (headers: Record<string, string>) =>
      shop.ask("PATCH", "/v1/mugs/m-1", { body: { title: "Green" }, headers: { ...as.staff, ...headers } });

    refusedWith(await edit({}), 428, "precondition_required");
    for (const bad of ["3", "", '"3', '"3" "4"', "*, *"]) {
      refusedWith(await edit({ "if-match": bad }), 400, "validation_failed", { parameter: "If-Match" });
    }
    for (const other of ['"2"', 'W/"3"', '"1", "2"', '"x"', '"03"', '""']) {
      expect((await edit({ "if-match": other })).json).toMatchObject({ status: 412, code: "mug_changed" });
    }
    for (const present of ['"3"', "*", '"2", "3"', 'W/"2","x" , "3"']) {
      expect((await edit({ "if-match": present })).headers.etag).toBe('"4"');
    }
  });
  test("Prefer: respond-async sets its parameter and may change the status", async () => {
    const order = (prefer: string) => shop.ask("POST", "/v1/mug-orders", { headers: { ...as.ada, prefer } });

    expect(await order("respond-async, wait=10")).toMatchObject({ status: 202, json: { asked: { soon: true } } });
    expect((await order("return=minimal")).status).toBe(201);
    expect((await order("no-respond-async")).json.asked).not.toHaveProperty("soon");
  });
});
