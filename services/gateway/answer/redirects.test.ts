import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { openShop, type Shop } from "../testing/start-shop.ts";
import { isLocation } from "./send-redirect.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => {
  shop.log.length = 0;
});
afterAll(async () => shop[Symbol.asyncDispose]());

const find = (to: string, more = "") => shop.ask("GET", `/v1/mug-links?to=${encodeURIComponent(to)}${more}`);

describe("a redirect", () => {
  test.each(["https://pictures.example/m-1.png?key=a%20b#c", "http://127.0.0.1:9000/mugs", "/v1/mugs/m-1", "/"])(
    "sends the client to %s, without a body",
    async (to) => {
      const { status, headers, text } = await find(to);

      expect({ status, text }).toEqual({ status: 302, text: "" });
      expect(headers).toMatchObject({ location: to, "content-length": "0", "cache-control": "no-store" });
      expect(headers).not.toHaveProperty("content-type");
    },
  );
  test("may be kept where the answer says so", async () => {
    expect((await find("/v1/mugs", "&note=max-age%3D60")).headers["cache-control"]).toBe("max-age=60");
  });
  test("answers HEAD", async () => {
    const reply = await shop.ask("HEAD", "/v1/mug-links?to=/v1/mugs");

    expect(reply).toMatchObject({ status: 302, headers: { location: "/v1/mugs" } });
  });
  test.each([
    ["with another status than the binding's", "/v1/mugs", "&otherwise=true"],
    ["to a path of nowhere", "v1/mugs", ""],
    ["to another host by its name alone", "//evil.example/a", ""],
    ["to another host behind a backslash", "/\\evil.example", ""],
    ["to a script", "javascript:alert(1)", ""],
    ["with a second header", "/a\r\nSet-Cookie: b=c", ""],
    ["with a second answer", "/a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", ""],
    ["with a header of its own that has two lines", "/v1/mugs", "&note=a%0D%0ASet-Cookie%3A+b%3Dc"],
  ])("%s is a fault of ours, and does not get out", async (_what, to, more) => {
    const { status, headers, text, json } = await find(to, more);

    expect({ status, code: json.code }).toEqual({ status: 500, code: "internal_error" });
    expect(headers).not.toHaveProperty("location");
    expect(headers).not.toHaveProperty("set-cookie");
    expect(text).not.toContain("evil");
    expect(shop.log.filter((line) => line.startsWith("error"))).toHaveLength(1);
  });
});

test.each([
  "",
  "https://",
  "https:///evil.example",
  "https:evil.example",
  "ftp://files.example",
  "/\t/evil.example",
  "/a\u0000",
  "/Zoë",
  "https://shop.example\\@evil.example",
  "///evil.example",
  " /v1",
  undefined,
  ["/v1"],
])("%p is no location", (location) => {
  expect(isLocation(location)).toBe(false);
});
