import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { until } from "../../../tests/support/until.ts";
import { bytes, sha256 } from "../testing/byte-source.ts";
import { openRequest, readWhole } from "../testing/open-request.ts";
import { openShop, type Shop } from "../testing/start-shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => {
  shop.served.length = 0;
  shop.log.length = 0;
  shop.studio.sources.length = 0;
});
afterAll(async () => shop[Symbol.asyncDispose]());

const open = (path: string) => {
  const { req, answered } = openRequest(shop.port, "GET", path);
  req.end();
  return { req, answered };
};
const print = (size: number, length: number, type = "image/png") =>
  `/v1/mug-prints?size=${size}&length=${length}&type=${encodeURIComponent(type)}`;
const complaints = () => shop.log.filter((line) => /^(?:error|warn)/.test(line));

describe("an answer that is a stream", () => {
  test.each([0, 1, 5_000_000])("arrives whole, of %d bytes", async (size) => {
    const res = await open(`/v1/mug-pictures?size=${size}`).answered;
    const { status, content, complete } = await readWhole(res);

    expect({ status, size: content.length, complete }).toEqual({ status: 200, size, complete: true });
    expect(sha256(content)).toBe(sha256(bytes(size)));
    expect(res.headers).toMatchObject({ "content-type": "image/png", "cache-control": "max-age=60" });
  });
  test.each([0, 1, 5_000_000])("says its length where that is known: %d", async (size) => {
    const res = await open(print(size, size)).answered;
    const { status, content } = await readWhole(res);

    expect({ status, size: content.length }).toEqual({ status: 206, size });
    expect(res.headers).toMatchObject({ "content-length": String(size), "cache-control": "no-store" });
  });
  test("is not sent for HEAD, but what stands above it is", async () => {
    const reply = await shop.ask("HEAD", print(1_000_000, 1_000_000));

    expect(reply).toMatchObject({ status: 206, text: "" });
    expect(reply.headers).toMatchObject({ "content-length": "1000000", "content-type": "image/png" });
    expect(shop.studio.sources[0]?.destroyed).toBe(true);
  });
  test.each([
    ["of a type that the route does not name", print(9, 9, "text/html")],
    ["of less than no bytes", print(9, -1)],
    ["of half a byte", print(9, 0.5)],
  ])("is a fault of ours where it is %s", async (_what, path) => {
    const reply = await shop.ask("GET", path);

    expect(reply).toMatchObject({ status: 500, json: { code: "internal_error" } });
    expect(complaints()).toEqual([expect.stringContaining("pictures.print streams")]);
    expect(shop.studio.sources[0]?.destroyed).toBe(true);
  });
  test.each([
    ["more", 100_000],
    ["fewer", 300_000],
  ])("is cut off where it has %s bytes than it announced", async (_what, length) => {
    const { content, complete } = await readWhole(await open(print(200_000, length)).answered);

    expect(complete).toBe(false);
    expect(content.length).toBeLessThanOrEqual(length);
    await until("it is said", () => complaints().length === 1);
    expect(complaints()[0]).toContain(`the ${length} bytes that were announced`);
  });
});

describe("a stream that fails", () => {
  test("before its first byte is an ordinary problem, and says as little of us", async () => {
    const reply = await shop.ask("GET", "/v1/mug-pictures?size=9&failsAt=0");

    expect(reply).toMatchObject({ status: 500, json: { code: "internal_error" } });
    expect(reply.headers).toMatchObject({ "cache-control": "no-store", "content-type": "application/problem+json" });
    expect(reply.text).not.toContain("kiln");
    expect(complaints()).toEqual([expect.stringContaining("the kiln broke")]);
  });
  test("before its first byte with a refusal is that refusal", async () => {
    const reply = await shop.ask("GET", "/v1/mug-pictures?size=9&failsAt=0&missing=true");

    expect(reply).toMatchObject({ status: 404, json: { code: "picture_not_found" } });
  });
  test("later cuts the connection, so that nobody takes it for whole", async () => {
    const { status, complete } = await readWhole(await open("/v1/mug-pictures?size=900000&failsAt=300000").answered);

    expect({ status, complete }).toEqual({ status: 200, complete: false });
    await until("the request is over", () => shop.gateway.underWay.size === 0);
    expect(complaints()).toEqual([expect.stringContaining("the kiln broke")]);
    expect(shop.log.at(-1)).toMatch(/^debug.*aborted/);
  });
});

test("a client that goes away ends the stream, and nobody complains", async () => {
  const { req, answered } = open("/v1/mug-pictures?size=64000000");
  await once(await answered, "readable");

  req.destroy();

  await until("the stream is ended", () => shop.studio.sources[0]?.destroyed);
  await until("the request is over", () => shop.gateway.underWay.size === 0);
  expect(shop.studio.sources[0]?.made).toBeLessThan(64_000_000);
  expect(complaints()).toEqual([]);
  expect(shop.log.at(-1)).toMatch(/^debug.*GET \/v1\/mug-pictures aborted/);
});
