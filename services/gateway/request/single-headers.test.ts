import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { askRaw } from "../testing/ask.ts";
import { openShop, type Shop } from "../testing/start-shop.ts";
import { refuseRepeated } from "./single-headers.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.broker.stop());

const ask = (...lines: string[]) =>
  askRaw(shop.port, `${["GET /v1/mugs HTTP/1.1", ...lines, "Connection: close"].join("\r\n")}\r\n\r\n`);

test.each([
  ["Host", "a", "b"],
  ["Host", "a", "a"],
  ["Authorization", "Bearer ada-token", "Bearer staff-token"],
  ["Idempotency-Key", "one-key-1", "one-key-1"],
  ["X-Request-Id", "request-1", "request-2"],
  ["traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-x"],
  ["Content-Type", "application/json", "text/plain"],
  ["Content-Encoding", "gzip", "identity"],
  ["Origin", "https://a.example", "https://b.example"],
])("two of %s are refused (S44)", async (name, one, other) => {
  shop.served.length = 0;
  const host = name === "Host" ? [] : ["Host: a"];

  const [head = "", body = ""] = (await ask(...host, `${name}: ${one}`, `${name.toUpperCase()}: ${other}`)).split(
    "\r\n\r\n",
  );

  expect(head).toMatch(/^HTTP\/1\.1 400 /);
  expect(JSON.parse(body)).toMatchObject({
    code: "bad_request",
    detail: `The header ${name.toLowerCase()} is sent more than once`,
  });
  expect(shop.served).toEqual([]);
});

test("lists may come in several lines", async () => {
  const answer = await ask(
    "Host: a",
    "Accept: text/plain",
    "Accept: application/json",
    'If-None-Match: "1"',
    'If-None-Match: W/"2"',
  );

  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

test("a header that a contract reads is one value as well, however it is spelt", () => {
  const check = refuseRepeated(["Shop-Signature"]);
  const twice = { rawHeaders: ["shop-signature", "a", "SHOP-SIGNATURE", "b"], headers: { "shop-signature": "a, b" } };

  expect(() => check(twice as never)).toThrow(expect.objectContaining({ code: 400, type: "BAD_REQUEST" }));
});
