import { describe, expect, test } from "@jest/globals";
import { cors } from "./answer/cors.ts";
import { as, openShop } from "./testing/start-shop.ts";

const SHOP = "https://shop.example.com";
const preflight = (origin: string, method = "DELETE") => ({
  headers: {
    origin,
    "access-control-request-method": method,
    "access-control-request-headers": "authorization",
    ...as.staff,
  },
});

describe("a method that a path does not know", () => {
  test.each(["PUT", "PATCH", "TRACE", "PROPFIND"])("%s is 405 and names those it knows", async (method) => {
    await using shop = await openShop();

    const reply = await shop.ask(method, "/v1/mugs");

    expect(reply.status).toBe(405);
    expect(reply.headers.allow).toBe("GET, HEAD, POST, OPTIONS");
    expect(shop.served).toEqual([]);
  });
  test("is not helped by an override header", async () => {
    await using shop = await openShop();

    const headers = { ...as.staff, "x-http-method-override": "DELETE", "x-method-override": "DELETE" };
    await shop.ask("GET", "/v1/mugs/m-1", { headers });

    expect(shop.served).toEqual(["get"]);
  });
});

describe("two routes for one path", () => {
  test("the one without a parameter wins", async () => {
    await using shop = await openShop();

    expect((await shop.ask("GET", "/v1/mugs/featured")).json).toEqual({ featured: true });
    expect((await shop.ask("DELETE", "/v1/mugs/featured", { headers: as.staff })).status).toBe(405);
  });
  test("a slash at the end is the same path", async () => {
    await using shop = await openShop();

    expect((await shop.ask("GET", "/v1/mugs/")).status).toBe(200);
  });
});

describe("OPTIONS", () => {
  test("never runs an action (B6)", async () => {
    for (const corsOrigins of [[], [SHOP]]) {
      await using shop = await openShop({ corsOrigins });

      const reply = await shop.ask("OPTIONS", "/v1/mugs/m-1", preflight(SHOP));

      expect(reply).toMatchObject({ status: 204, text: "" });
      expect(reply.headers.allow).toBe("GET, HEAD, PATCH, DELETE, OPTIONS");
      expect(shop.served).toEqual([]);
    }
  });
  test("on no path is 404", async () => {
    await using shop = await openShop({ corsOrigins: [SHOP] });

    expect((await shop.ask("OPTIONS", "/nowhere", preflight(SHOP))).status).toBe(404);
  });
  test("allows a listed origin what the path knows", async () => {
    await using shop = await openShop({ corsOrigins: [SHOP] });

    const { headers } = await shop.ask("OPTIONS", "/v1/mugs/m-1", preflight(SHOP));

    expect(headers).toMatchObject({
      "access-control-allow-origin": SHOP,
      "access-control-allow-methods": "GET, HEAD, PATCH, DELETE, OPTIONS",
      "access-control-allow-headers": expect.stringContaining("Authorization"),
      vary: "Origin",
    });
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
  });
});

describe("an origin is the listed one letter by letter, or none (B7)", () => {
  test.each([
    "https://shop.example.co",
    "https://shop.example.com.evil.example",
    "https://evilshop.example.com",
    "http://shop.example.com",
    "https://shop.example.com:8443",
    "https://SHOP.example.com",
    "null",
    "*",
  ])("%s", async (origin) => {
    await using shop = await openShop({ corsOrigins: [SHOP] });

    for (const reply of [
      await shop.ask("OPTIONS", "/v1/mugs", preflight(origin)),
      await shop.ask("GET", "/v1/mugs", { headers: { origin } }),
    ]) {
      expect(reply.headers["access-control-allow-origin"]).toBeUndefined();
      expect(reply.headers["access-control-allow-methods"]).toBeUndefined();
      expect(reply.headers.vary).toBe("Origin");
    }
  });
  test("and may read errors too", async () => {
    await using shop = await openShop({ corsOrigins: [SHOP] });

    const { status, headers } = await shop.ask("GET", "/nowhere", { headers: { origin: SHOP } });

    expect(status).toBe(404);
    expect(headers["access-control-allow-origin"]).toBe(SHOP);
  });
  test("a public answer varies by both", async () => {
    await using shop = await openShop({ corsOrigins: [SHOP] });

    expect((await shop.ask("GET", "/v1/mugs/m-1")).headers.vary).toBe("Origin, Authorization");
  });
  test.each(["*", "null", "shop.example.com", "https://shop.example.com/", "https://*.example.com"])(
    "%s cannot be configured",
    (origin) => {
      expect(() => cors([origin])).toThrow(/is not an origin/);
    },
  );
});
