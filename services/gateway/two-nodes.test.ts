// The same streams where the action runs on another node: Moleculer carries them as messages.
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { until } from "../../tests/support/until.ts";
import { ByteSource, bytes, sha256 } from "./testing/byte-source.ts";
import { openRequest, readWhole } from "./testing/open-request.ts";
import { as, openShop, type Shop } from "./testing/start-shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ twoNodes: true });
});
beforeEach(() => {
  shop.served.length = 0;
});
afterAll(async () => {
  await shop[Symbol.asyncDispose]();
});

const png = { ...as.staff, "content-type": "image/png" };
const frame = async (size: number) => {
  const { req, answered } = openRequest(shop.port, "POST", "/v1/mug-frames", { headers: png });
  await pipeline(new ByteSource({ size }), req);
  return readWhole(await answered);
};

test.each([0, 1, 5_000_000])("a stream goes to another node and another comes back: %d bytes", async (size) => {
  const { status, content, complete } = await frame(size);

  expect({ status, complete, size: content.length }).toEqual({ status: 200, complete: true, size: size + 1 });
  expect(sha256(content.subarray(1))).toBe(sha256(bytes(size)));
});

test("what is made of a stream that grows too large is cut off", async () => {
  expect((await frame(7_000_000)).complete).toBe(false);
});

test("what was counted on another node is answered", async () => {
  const reply = await shop.ask("PUT", "/v1/mug-pictures/p-1", {
    body: bytes(70_000),
    type: "image/png",
    headers: as.staff,
  });

  expect(reply).toMatchObject({ status: 201, json: { size: 70_000, sha256: sha256(bytes(70_000)) } });
});

test("a client that goes away ends the stream on the other node with an error", async () => {
  const { req } = openRequest(shop.port, "PUT", "/v1/mug-pictures/p-1", { headers: png });
  req.write(bytes(1_000));
  await until("the first bytes are there", () => shop.served.length === 1 && shop.studio.received === 1_000);

  req.destroy();

  await until("the request is over", () => shop.gateway.underWay.size === 0);
  expect(shop.studio.failure).toMatchObject({ type: "BAD_REQUEST" });
});

test("a stream that fails later on the other node cuts the connection", async () => {
  const { req, answered } = openRequest(shop.port, "GET", "/v1/mug-pictures?size=900000&failsAt=300000");
  req.end();

  const { status, complete } = await readWhole(await answered);

  expect({ status, complete }).toEqual({ status: 200, complete: false });
});

test("a stream that fails on the other node before its first byte is an ordinary problem", async () => {
  const reply = await shop.ask("GET", "/v1/mug-pictures?size=9&failsAt=0&missing=true");

  expect(reply).toMatchObject({ status: 404, json: { code: "picture_not_found" } });
});
