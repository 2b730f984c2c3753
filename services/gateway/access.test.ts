import { describe, expect, test } from "@jest/globals";
import { clientAddress, clientAddresses } from "./request/client-address.ts";
import { as, openShop, verify } from "./testing/start-shop.ts";

const order = { body: { note: "n" } };

describe("who may ask", () => {
  test("anyone, where it is public", async () => {
    await using shop = await openShop();

    expect((await shop.ask("GET", "/v1/mugs")).status).toBe(200);
  });
  test("nobody without a token, where it is not", async () => {
    await using shop = await openShop();

    const reply = await shop.ask("POST", "/v1/mug-orders", order);

    expect(reply.json).toMatchObject({ status: 401, code: "unauthenticated" });
    expect(reply.headers["www-authenticate"]).toBe("Bearer");
    expect(shop.served).toEqual([]);
  });
  test("nobody without the permission", async () => {
    await using shop = await openShop();

    const reply = await shop.ask("DELETE", "/v1/mugs/m-1", { headers: as.ada });

    expect(reply.json).toMatchObject({ status: 403, code: "forbidden" });
    expect(shop.served).toEqual([]);
  });
  test.each([
    ["forged", "Bearer xyz", "token_invalid"],
    ["expired", "Bearer old-token", "token_expired"],
    ["of another scheme", "Basic YWRhOnB3", "token_invalid"],
    ["empty", "Bearer ", "token_invalid"],
    ["doubled", "Bearer ada-token, Bearer ada-token", "token_invalid"],
    ["with a space inside", "Bearer ada token", "token_invalid"],
  ])("nobody with a token that is %s, not even in public", async (_what, authorization, code) => {
    await using shop = await openShop();

    for (const path of ["/v1/mugs", "/v1/mugs/m-1"]) {
      const reply = await shop.ask("GET", path, { headers: { authorization } });
      expect(reply.json).toMatchObject({ status: 401, code });
      expect(reply.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
    }
    expect(shop.served).toEqual([]);
  });
  test("is decided before the body is looked at", async () => {
    await using shop = await openShop();

    const large = { body: "x".repeat(1_000_000), type: "text/plain" };

    expect((await shop.ask("POST", "/v1/mugs", large)).json.code).toBe("unauthenticated");
    expect((await shop.ask("POST", "/v1/mugs", { ...large, headers: as.ada })).json.code).toBe("forbidden");
  });
});

test("the token travels, for every service to check again, and beside it nothing but the trace and where the client is", async () => {
  const seen: string[] = [];
  const remembering: typeof verify = (token, via) => {
    seen.push(token);
    return verify(token, via);
  };
  await using shop = await openShop({ verify: remembering });

  const { json } = await shop.ask("GET", "/v1/mugs", { headers: as.ada });

  expect(json).toEqual({
    asked: {},
    meta: { token: "ada-token", clientAddress: "127.0.0.1", traceparent: expect.any(String) },
  });
  expect(seen).toEqual(["ada-token"]);
});

test("a service cannot redirect, set a status or exchange the token through meta (A15)", async () => {
  await using shop = await openShop();

  const reply = await shop.ask("GET", "/v1/mugs/m-1");

  expect(reply.status).toBe(200);
  expect(reply.headers.location).toBeUndefined();
});

describe("no way around the routes (B1, B2, B18)", () => {
  test.each([
    "/mugs/count",
    "/mugs.count",
    "/v1/mugs.count",
    "/~node/list",
    "/$node/list",
    "/all~node/health",
    "/gateway/listAliases",
    "/api/list-aliases",
    "/v1/mugs/m-1/..",
    "/v1//mugs",
    "//v1/mugs",
    "/V1/mugs",
  ])("%s leads nowhere", async (path) => {
    await using shop = await openShop();

    expect((await shop.ask("GET", path)).json).toMatchObject({ status: 404, code: "not_found" });
    expect((await shop.ask("POST", path, { body: {} })).status).toBe(404);
  });
  test("nobody on the bus can add or list routes", async () => {
    await using shop = await openShop();

    for (const action of ["addRoute", "removeRoute", "listAliases"]) {
      await expect(shop.broker.call(`gateway.${action}`, {})).rejects.toMatchObject({ type: "SERVICE_NOT_FOUND" });
    }
    await expect(shop.broker.call("gateway.rest", {})).rejects.toMatchObject({ type: "SERVICE_NOT_FOUND" });
  });
  test("the published settings show no routes", async () => {
    await using shop = await openShop();

    const gateway = shop.broker.registry.getServiceList({}).find(({ name }: { name: string }) => name === "gateway");

    expect(JSON.stringify(gateway?.settings)).not.toContain("/v1");
  });
});

describe("the client's address (B8)", () => {
  const asked = (forwarded?: string) =>
    ({ socket: { remoteAddress: "10.0.0.9" }, headers: { "x-forwarded-for": forwarded } }) as never;

  test("is the connection's, whatever the header claims, unless a proxy of ours is in front", () => {
    expect(clientAddress(asked("1.2.3.4"), 0)).toBe("10.0.0.9");
  });
  test("is what the outermost trusted proxy saw", () => {
    expect(clientAddress(asked("6.6.6.6, 1.2.3.4"), 1)).toBe("1.2.3.4");
    expect(clientAddress(asked("6.6.6.6, 1.2.3.4, 10.0.0.1"), 2)).toBe("1.2.3.4");
  });
  test("is the connection's where the request went around the proxies", () => {
    expect(clientAddress(asked(), 1)).toBe("10.0.0.9");
    expect(clientAddress(asked("1.2.3.4"), 2)).toBe("10.0.0.9");
    expect(clientAddress(asked("nonsense"), 1)).toBe("10.0.0.9");
  });
  test("that a proxy claims is warned of once, where none is trusted", () => {
    const warnings: string[] = [];
    const [open, behind] = [0, 1].map((hops) => clientAddresses(hops, (message) => void warnings.push(message)));

    for (const each of [asked(), asked("1.2.3.4"), asked("1.2.3.5")]) expect(open?.(each)).toBe("10.0.0.9");
    expect(behind?.(asked("1.2.3.4"))).toBe("1.2.3.4");

    expect(warnings).toEqual([expect.stringContaining("TRUSTED_PROXY_HOPS")]);
  });
  test("travels with the request", async () => {
    await using shop = await openShop();

    const { json } = await shop.ask("POST", "/v1/mug-orders", { headers: { ...as.ada, "x-forwarded-for": "6.6.6.6" } });

    expect(json.meta.clientAddress).toBe("127.0.0.1");
  });
});
