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

describe("the body", () => {
  test("gives the parameters as they are", async () => {
    const { status, json } = await create({ ...mug, extras: { constructor: "lathe", deep: [{ a: null }] } });

    expect(status).toBe(201);
    expect(json.asked).toMatchObject({ ...mug, extras: { constructor: "lathe", deep: [{ a: null }] } });
  });
  test("has no unknown fields, at any depth", async () => {
    refusedWith(
      await create({ ...mug, colour: "blue", "a/b~c": 1 }),
      400,
      "validation_failed",
      {
        pointer: "/colour",
        code: "additionalProperties",
      },
      { pointer: "/a~1b~0c" },
    );
    refusedWith(await create({ ...mug, price: { ...mug.price, tax: 1 } }), 400, "validation_failed", {
      pointer: "/price/tax",
    });
  });
  test("cannot fill what only a header or the connection fills", async () => {
    refusedWith(await create({ ...mug, idempotency: { key: "a", fingerprint: "b" } }), 400, "validation_failed", {
      pointer: "/idempotency",
    });
    const reply = await shop.ask("POST", "/v1/mug-orders", { body: { from: "1.2.3.4" }, headers: as.ada });
    refusedWith(reply, 400, "validation_failed", { pointer: "/from" });
  });
  test("leaves it to the query how it is handled, whatever form it has", async () => {
    const ask = (query: string, body: unknown, type?: string) =>
      shop.ask("POST", `/v1/mug-imports${query}`, { body, headers: as.staff, ...(type && { type }) });

    expect((await ask("?rehearsal=true", "sku\n", "text/csv")).json.asked).toEqual({ csv: "sku\n", rehearsal: true });
    expect((await ask("?rehearsal=false", { items: [] })).json.asked).toEqual({ items: [], rehearsal: false });
    shop.served.length = 0;
    refusedWith(await ask("", { items: [], rehearsal: true }), 400, "validation_failed", { pointer: "/rehearsal" });
    refusedWith(await ask("?rehearsal=perhaps", { items: [] }), 400, "validation_failed", { parameter: "rehearsal" });
    refusedWith(await ask("?items=1", { items: [] }), 400, "validation_failed", { parameter: "items" });
  });
  test("names what is missing and what is wrong", async () => {
    refusedWith(
      await create({ price: { amount: 9.5, currency: "GBP" } }),
      400,
      "validation_failed",
      { pointer: "/title", code: "required" },
      { pointer: "/price/amount", code: "type" },
    );
  });
  test.each([
    ["a list", "[1]"],
    ["a number", "1"],
    ["null", "null"],
  ])("is an object, not %s", async (_what, body) => {
    refusedWith(await create(body), 400, "validation_failed", { pointer: "", code: "type" });
  });
  test.each([
    ["cut off", '{"title":"canary"'],
    ["not JSON", "title=canary"],
    ["not a number of JSON", '{"title":NaN}'],
    ["with a byte order mark", "\ufeff{}"],
  ])("%s is malformed", async (_what, body) => {
    const reply = await create(body);

    refusedWith(reply, 400, "malformed_json");
    expect(reply.text).not.toContain("canary");
  });
  test("that is not UTF-8 is malformed", async () => {
    refusedWith(await create(Buffer.from('{"title":"\xff"}', "latin1")), 400, "malformed_json");
  });
  test.each([
    ["at the top", '{"title":"x","__proto__":{"role":"admin"}}'],
    ["deep inside", '{"title":"x","extras":{"a":[{"__proto__":1}]}}'],
    ["spelt with escapes", '{"title":"x","\\u005f_proto__":{"role":"admin"}}'],
  ])("has no __proto__ %s (B4)", async (_where, body) => {
    refusedWith(await create(body), 400, "malformed_json");
  });
  test.each([
    ["NUL in a value", '{"title":"a\\u0000b"}'],
    ["NUL in a key", '{"title":"x","extras":{"a\\u0000":1}}'],
    ["half a surrogate pair", '{"title":"\\ud800"}'],
  ])("holds no text that cannot be stored: %s", async (_what, body) => {
    refusedWith(await create(body), 400, "malformed_json");
  });

  test("may talk about __proto__ in a text", async () => {
    expect((await create({ ...mug, title: "__proto__ \u0001" })).status).toBe(201);
  });
  test("that nests without end is refused before it is parsed", async () => {
    refusedWith(await create(`{"extras":${"[".repeat(900)}${"]".repeat(900)}}`), 400, "malformed_json");
    refusedWith(await create(`{"extras":${'{"a":'.repeat(300)}1${"}".repeat(300)}}`), 400, "malformed_json");
  });
  test("may hold brackets in its texts", async () => {
    expect((await create({ ...mug, title: '["\\'.repeat(100) })).status).toBe(201);
  });
  test("is empty where one is needed", async () => {
    const reply = await shop.ask("POST", "/v1/mugs", { headers: { ...as.staff, "idempotency-key": "k-1" } });

    refusedWith(reply, 400, "validation_failed", { pointer: "", code: "required" });
  });
  test("may be missing where nothing in it is needed", async () => {
    expect((await shop.ask("POST", "/v1/mug-orders", { headers: as.ada })).status).toBe(201);
  });
  test("does not belong to a GET or a DELETE", async () => {
    refusedWith(await shop.ask("GET", "/v1/mugs", { body: {} }), 400, "validation_failed");
    refusedWith(await shop.ask("DELETE", "/v1/mugs/m-1", { body: {}, headers: as.staff }), 400, "validation_failed");
  });
});

describe("too large a body", () => {
  test("is refused by its declared length", async () => {
    const reply = await create({ ...mug, title: "x".repeat(3_000) });

    refusedWith(reply, 413, "payload_too_large");
    expect(reply.json.limit).toBe(2_000);
  });
  test("is refused while it comes, without a declared length", async () => {
    const headers = { ...as.staff, "idempotency-key": "k", "transfer-encoding": "chunked", "content-length": [] };

    refusedWith(
      await shop.ask("POST", "/v1/mugs", { body: `"${"x".repeat(500_000)}"`, headers }),
      413,
      "payload_too_large",
    );
  });
  test("is measured by each route's own limit", async () => {
    const reply = await shop.ask("POST", "/v1/mug-imports", {
      body: { items: ["x".repeat(40_000)] },
      headers: as.staff,
    });

    expect(reply.status).toBe(200);
  });
  test("of a megabyte still lets the client read why", async () => {
    refusedWith(await create("x".repeat(1_000_000)), 413, "payload_too_large");
  });
});

describe("the content type", () => {
  test.each(["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/merge-patch+json", ""])(
    "%p is not JSON for a POST",
    async (type) => {
      refusedWith(await create(JSON.stringify(mug), { "content-type": type }), 415, "unsupported_media_type");
    },
  );
  test.each(["UTF-8", '"utf-8"', "utf8", '"UTF8"', "utf-8; charset=utf8"])(
    "of JSON may carry the charset %s",
    async (charset) => {
      expect((await create(mug, {}, `Application/JSON; Charset=${charset}`)).status).toBe(201);
    },
  );
  test.each(["latin1", "windows-1252", "utf-16", "utf-8; charset=latin1", "utf-7", ""])(
    "of JSON carries no charset %p",
    async (charset) => {
      refusedWith(await create(mug, {}, `application/json; charset=${charset}`), 415, "unsupported_media_type");
    },
  );
  test("does not help a compressed body", async () => {
    refusedWith(await create(mug, { "content-encoding": "gzip" }), 415, "unsupported_media_type");
  });
  test("may be a merge patch for a PATCH", async () => {
    const reply = await shop.ask("PATCH", "/v1/mugs/m-1", {
      body: { title: "Green" },
      headers: { ...as.staff, "if-match": '"3"' },
      type: "application/merge-patch+json",
    });

    expect(reply.status).toBe(200);
  });
  test("text/csv goes to its parameter as it came, and only there", async () => {
    const csv = "sku,title\r\nM1,Blüe\r\n";

    const reply = await shop.ask("POST", "/v1/mug-imports", { body: csv, type: "text/csv", headers: as.staff });
    expect(reply.json.asked).toEqual({ csv });

    shop.served.length = 0;
    refusedWith(await create(csv, {}, "text/csv"), 415, "unsupported_media_type");
    refusedWith(
      await shop.ask("POST", "/v1/mug-imports", { body: { csv }, headers: as.staff }),
      400,
      "validation_failed",
    );
  });
});
