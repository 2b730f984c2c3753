import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { as, openShop, type Shop } from "./testing/start-shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => {
  shop.served.length = 0;
  shop.log.length = 0;
});
afterAll(() => shop.broker.stop());

const drop = (how: string) => shop.ask("POST", "/v1/mug-drops", { body: { how } });

describe("an answer", () => {
  test("has the status, headers and body of the binding", async () => {
    const reply = await shop.ask("POST", "/v1/mugs", {
      body: { title: "Blue mug", price: { amount: 900, currency: "GBP" } },
      headers: { ...as.staff, "idempotency-key": "k-1" },
    });

    expect(reply.status).toBe(201);
    expect(reply.headers.location).toBe("/v1/mugs/m-1");
    expect(reply.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(reply.headers).not.toHaveProperty("idempotent-replayed");
    expect(reply.json.id).toBe("m-1");
  });
  test("of 204 has no body", async () => {
    const reply = await shop.ask("DELETE", "/v1/mugs/m-1", { headers: as.staff });

    expect(reply).toMatchObject({ status: 204, text: "" });
    expect(reply.headers["content-type"]).toBeUndefined();
  });
  test("to HEAD is that of GET without the body (B20)", async () => {
    const get = await shop.ask("GET", "/v1/mugs/m-1");
    const head = await shop.ask("HEAD", "/v1/mugs/m-1");

    expect(head).toMatchObject({ status: 200, text: "" });
    for (const name of ["etag", "content-type", "content-length", "cache-control"]) {
      expect(head.headers[name]).toBe(get.headers[name]);
    }
  });
});

describe("caching (B12)", () => {
  test("is public where the binding says so, by the version", async () => {
    const { headers } = await shop.ask("GET", "/v1/mugs/m-1");

    expect(headers).toMatchObject({ etag: '"3"', "cache-control": "public, max-age=60" });
  });
  test("goes by a digest where there is no version", async () => {
    expect((await shop.ask("GET", "/v1/mugs/featured")).headers.etag).toMatch(/^"[\w-]{27}"$/);
  });
  test.each(['"3"', '"1", "3"', 'W/"3"', "*"])("answers If-None-Match %p with 304", async (etag) => {
    for (const method of ["GET", "HEAD"]) {
      const reply = await shop.ask(method, "/v1/mugs/m-1", { headers: { "if-none-match": etag } });

      expect(reply).toMatchObject({ status: 304, text: "" });
      expect(reply.headers).toMatchObject({ etag: '"3"', "cache-control": "public, max-age=60" });
    }
  });
  test("answers another version in full", async () => {
    expect((await shop.ask("GET", "/v1/mugs/m-1", { headers: { "if-none-match": '"2"' } })).status).toBe(200);
  });
  test("is not for others once someone signed in", async () => {
    const { headers } = await shop.ask("GET", "/v1/mugs/m-1", { headers: as.ada });

    expect(headers["cache-control"]).toBe("no-store");
    expect(headers.vary).toMatch(/Authorization/);
  });
  test("does not exist elsewhere, and If-None-Match never swallows a command", async () => {
    const list = await shop.ask("GET", "/v1/mugs", { headers: { "if-none-match": "*" } });
    const order = await shop.ask("POST", "/v1/mug-orders", { headers: { ...as.ada, "if-none-match": "*" } });

    expect(list.status).toBe(200);
    expect(list.headers["cache-control"]).toBe("no-store");
    expect(list.headers.etag).toBeUndefined();
    expect(order.status).toBe(201);
    expect(order.headers.etag).toBeUndefined();
  });
});

describe("a refusal", () => {
  test("is a problem with the contract's words and the service's facts", async () => {
    const reply = await drop("refused");

    expect(reply.headers["content-type"]).toBe("application/problem+json");
    expect(reply.headers["retry-after"]).toBe("7");
    expect(reply.json).toEqual({
      type: "urn:commerce:problem:too_many_mugs",
      title: "That is too many mugs at once",
      status: 429,
      detail: "Seven is too many",
      instance: "/v1/mug-drops",
      code: "too_many_mugs",
      requestId: reply.headers["x-request-id"],
      retryAfter: 7,
      limit: 3,
    });
  });
  test("loses facts that JSON cannot carry, not itself", async () => {
    expect((await drop("undeclared")).json).toMatchObject({ status: 409, code: "mug_broken", detail: "You did" });
  });
  test("keeps the path without its query", async () => {
    expect((await shop.ask("GET", "/v1/mugs?secret=1")).json.instance).toBe("/v1/mugs");
  });
});

describe("a failure of ours (B9)", () => {
  test.each(["bug", "database", "code", "server", "redirect", "none of these"])(
    "%s says nothing of the inside",
    async (how) => {
      const reply = await drop(how);

      expect(reply.status).toBe(500);
      expect(reply.json).toEqual({
        type: "urn:commerce:problem:internal_error",
        title: "Something went wrong on our side",
        status: 500,
        detail: "Something went wrong on our side",
        instance: "/v1/mug-drops",
        code: "internal_error",
        requestId: reply.headers["x-request-id"],
      });
    },
  );
  test("is in the log with the request's id", async () => {
    const { json } = await drop("bug");

    const line = shop.log.find((each) => each.startsWith("error"));
    expect(line).toContain("Cannot read properties of null");
    expect(line).toContain(json.requestId);
  });
  test.each([
    ["timeout", 504, "timeout"],
    ["skipped", 504, "timeout"],
    ["unavailable", 503, "service_unavailable"],
    ["unknown", 503, "service_unavailable"],
    ["full", 503, "overloaded"],
    ["rejected", 503, "overloaded"],
    ["overloaded", 503, "overloaded"],
  ])("%s is %i %s", async (how, status, code) => {
    const reply = await drop(how);

    expect(reply.json).toMatchObject({ status, code });
    expect(reply.text).not.toMatch(/prod-17|db\.find|queue/);
    expect(reply.headers["retry-after"]).toBe(status === 503 ? "1" : undefined);
  });
});

test("a service that is not there is 503, never 404", async () => {
  await using empty = await openShop({ withoutMugs: true });

  const reply = await empty.ask("GET", "/v1/mugs");

  expect(reply.json).toMatchObject({ status: 503, code: "service_unavailable" });
  expect(reply.headers["retry-after"]).toBe("1");
});

describe("the request id (B13)", () => {
  test("is the caller's where it is fit to be repeated", async () => {
    const { headers } = await shop.ask("GET", "/v1/mugs", { headers: { "x-request-id": "trace-12345678" } });

    expect(headers["x-request-id"]).toBe("trace-12345678");
  });
  test.each(["short", "x".repeat(65), "<script>alert(1)</script>", "with space in it"])(
    "is new instead of %p",
    async (id) => {
      for (const name of ["x-request-id", "x-correlation-id"]) {
        const { headers } = await shop.ask("GET", "/v1/mugs", { headers: { [name]: id } });
        expect(headers["x-request-id"]).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }
    },
  );
});

test("safe headers come with every status (B14)", async () => {
  const replies = await Promise.all([
    shop.ask("GET", "/v1/mugs"),
    shop.ask("DELETE", "/v1/mugs/m-1", { headers: as.staff }),
    shop.ask("GET", "/v1/mugs/m-1", { headers: { "if-none-match": '"3"' } }),
    shop.ask("GET", "/v1/mugs?bad=1"),
    shop.ask("GET", "/nowhere"),
    shop.ask("PUT", "/v1/mugs"),
    shop.ask("POST", "/v1/mugs", { body: "x".repeat(9_000), headers: { ...as.staff, "idempotency-key": "k" } }),
    drop("bug"),
    drop("unavailable"),
    shop.ask("OPTIONS", "/v1/mugs"),
  ]);

  expect(replies.map(({ status }) => status)).toEqual([200, 204, 304, 400, 404, 405, 413, 500, 503, 204]);
  for (const { headers } of replies) {
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "strict-transport-security": expect.stringContaining("max-age=31536000"),
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": expect.any(String),
      "x-request-id": expect.any(String),
    });
    expect(headers["x-powered-by"]).toBeUndefined();
  }
});

test("the log has one line for a request, and no secrets of it (B19)", async () => {
  await shop.ask("GET", "/v1/mugs?q=canary-query", { headers: as.ada });
  await shop.ask("POST", "/v1/mug-drops", { body: { how: "canary-body" } });

  expect(shop.log.filter((line) => line.startsWith("debug"))).toEqual([
    expect.stringMatching(/GET \/v1\/mugs 200 /),
    expect.stringMatching(/POST \/v1\/mug-drops 500 /),
  ]);
  expect(shop.log.join("\n")).not.toMatch(/canary|ada-token/);
});
