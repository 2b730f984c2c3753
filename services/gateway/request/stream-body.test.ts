import { Agent } from "node:http";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { until } from "../../../tests/support/until.ts";
import { ByteSource, bytes, sha256 } from "../testing/byte-source.ts";
import { openRequest, readWhole } from "../testing/open-request.ts";
import { refuses } from "../testing/refuses.ts";
import { as, openShop, type Shop } from "../testing/start-shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => {
  shop.served.length = 0;
  shop.log.length = 0;
});
afterAll(async () => shop[Symbol.asyncDispose]());

const refusedWith = refuses(() => shop);
const PATH = "/v1/mug-pictures/p-1";
const png = { ...as.staff, "content-type": "image/png" };
const hang = (body: unknown, query = "", type = "image/png") =>
  shop.ask("PUT", `${PATH}${query}`, { body, type, headers: as.staff });
const open = (headers: Record<string, string> = {}, query = "") =>
  openRequest(shop.port, "PUT", `${PATH}${query}`, { headers: { ...png, ...headers } });
const complaints = () => shop.log.filter((line) => /^(?:error|warn)/.test(line));

describe("a body that is taken as a stream", () => {
  test.each([0, 1, 5_000_000])("arrives whole, of %d bytes", async (size) => {
    const { status, json } = await hang(bytes(size));

    expect(status).toBe(201);
    expect(json).toEqual({ id: "p-1", type: "image/png", size, sha256: sha256(bytes(size)) });
  });
  test("arrives whole without a declared length", async () => {
    const { req, answered } = open();
    await pipeline(new ByteSource({ size: 300_000 }), req);

    const { status, content } = await readWhole(await answered);

    expect(status).toBe(201);
    expect(JSON.parse(content.toString())).toMatchObject({ size: 300_000, sha256: sha256(bytes(300_000)) });
  });
  test("may be of any type that the route names, and of no other", async () => {
    expect((await hang(bytes(1), "", "image/jpeg")).json.type).toBe("image/jpeg");
    shop.served.length = 0;
    for (const type of ["application/json", "image/svg+xml", "image", ""]) {
      refusedWith(
        await shop.ask("PUT", PATH, { body: bytes(9), headers: { ...as.staff, "content-type": type } }),
        415,
        "unsupported_media_type",
      );
    }
    refusedWith(await shop.ask("PUT", PATH, { headers: as.staff }), 415, "unsupported_media_type");
  });
  test("is not taken compressed", async () => {
    const headers = { ...png, "content-encoding": "gzip" };

    refusedWith(await shop.ask("PUT", PATH, { body: bytes(9), headers }), 415, "unsupported_media_type");
  });
  test("leaves the other parameters to path, query and headers", async () => {
    expect((await hang(bytes(9), "?unread=true")).json).toMatchObject({ id: "p-1", size: 0 });
    shop.served.length = 0;
    refusedWith(await hang(bytes(9), "?unread=perhaps"), 400, "validation_failed", { parameter: "unread" });
    refusedWith(await hang(bytes(9), "?colour=blue"), 400, "validation_failed", { parameter: "colour" });
  });
  test("is asked for by nobody who may not send it", async () => {
    refusedWith(await shop.ask("PUT", PATH, { body: bytes(9), type: "image/png" }), 401, "unauthenticated");
  });
});

describe("too large a stream", () => {
  test("is refused by its declared length, before any of it comes", async () => {
    const { req, answered } = open({ "content-length": "70000001" });
    req.flushHeaders();

    const { status, content } = await readWhole(await answered);

    expect({ status, ...JSON.parse(content.toString()) }).toMatchObject({
      code: "payload_too_large",
      limit: 70_000_000,
    });
    expect(shop.served).toEqual([]);
    req.destroy();
  });
  test("is refused while it comes, and whoever reads it is told", async () => {
    const { req, answered } = open();
    await pipeline(new ByteSource({ size: 71_000_000 }), req);

    const { status, content } = await readWhole(await answered);

    expect(status).toBe(413);
    expect(JSON.parse(content.toString())).toMatchObject({ code: "payload_too_large", limit: 70_000_000 });
    expect(shop.studio.failure).toMatchObject({ type: "PAYLOAD_TOO_LARGE" });
    expect(complaints()).toEqual([]);
  });
});

describe("a stream that does not come to its end", () => {
  test("ends with an error for whoever reads it, when the client goes away", async () => {
    const { req } = open();
    req.write(bytes(1_000));
    await until("the first bytes are there", () => shop.served.length === 1 && shop.studio.received === 1_000);

    req.destroy();

    await until("the request is over", () => shop.gateway.underWay.size === 0);
    expect(shop.studio.failure).toMatchObject({ type: "BAD_REQUEST" });
    expect(complaints()).toEqual([]);
    expect(shop.log.at(-1)).toMatch(/PUT .* aborted/);
  });
  test.each([
    ["refuses", "?badly=true", 404],
    ["answers", "?unread=true", 201],
  ])(
    "leaves the connection fit for the next request, when the action %s before it has read it",
    async (_what, query, status) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const { req, answered } = openRequest(shop.port, "PUT", `${PATH}${query}`, { headers: png, agent });
      const sent = pipeline(new ByteSource({ size: 3_000_000 }), req);

      expect((await readWhole(await answered)).status).toBe(status);
      await sent;
      const next = openRequest(shop.port, "GET", "/health/live", { agent });
      next.req.end();

      expect((await readWhole(await next.answered)).status).toBe(200);
      expect(next.req.reusedSocket).toBe(true);
      expect(shop.studio.taken?.destroyed).toBe(true);
      agent.destroy();
    },
  );
  test("is thrown away once it is answered, but not without end", async () => {
    const agent = new Agent({ keepAlive: true });
    const { req, answered } = openRequest(shop.port, "PUT", `${PATH}?unread=true`, { headers: png, agent });
    const sent = pipeline(new ByteSource({ size: 60_000_000 }), req).then(
      () => "all of it",
      () => "not all of it",
    );

    expect((await readWhole(await answered)).status).toBe(201);
    expect(await sent).toBe("not all of it");
    agent.destroy();
  });
});
