import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect, createServer } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { PATIENCE } from "./server/http-server.ts";
import { askRaw } from "./testing/ask.ts";
import { openShop } from "./testing/start-shop.ts";

const until = async (condition: () => boolean) => {
  for (const end = Date.now() + 5_000; !condition(); ) {
    if (Date.now() > end) throw new Error("It did not come to pass");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

/** A promise and what settles it. */
const gate = () => Promise.withResolvers<void>();

describe("a start", () => {
  test("on a taken port fails with host and port", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };

    await expect(openShop({ port })).rejects.toThrow(
      `The gateway cannot listen on 127.0.0.1 port ${port}: the port is taken`,
    );
    await new Promise((resolve) => other.close(resolve));
  });
});

describe("a stop", () => {
  test("finishes what is under way, and takes nothing new (B11)", async () => {
    const { promise: held, resolve: letGo } = gate();
    const shop = await openShop({ held });
    const agent = new Agent({ keepAlive: true });
    const answered = new Promise<{ status?: number; connection?: string }>((resolve, reject) => {
      request({ port: shop.port, path: "/v1/mugs/featured", agent }, (res) => {
        res.resume();
        resolve({ status: res.statusCode, connection: res.headers.connection });
      })
        .on("error", reject)
        .end();
    });
    await until(() => shop.served.includes("featured"));

    const stopped = shop.broker.stop();
    await until(() => !shop.gateway.server.listening);
    await expect(shop.ask("GET", "/health/live")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    letGo();

    expect(await answered).toEqual({ status: 200, connection: "close" });
    await stopped;
    agent.destroy();
  });
  test("does not wait for idle connections", async () => {
    const shop = await openShop();
    const agent = new Agent({ keepAlive: true });
    await new Promise((resolve) => {
      request({ port: shop.port, path: "/health/live", agent }, (res) => res.resume().on("end", resolve)).end();
    });

    const before = performance.now();
    await shop.broker.stop();

    expect(performance.now() - before).toBeLessThan(2_000);
    agent.destroy();
  });
  test("ends requests that do not finish (B10)", async () => {
    const shop = await openShop({ drainDeadline: 50 });
    const cut = new Promise((resolve) => {
      const req = request({
        port: shop.port,
        method: "POST",
        path: "/v1/mug-drops",
        headers: { "content-type": "application/json", "content-length": 100 },
      });
      req
        .on("error", resolve)
        .on("response", (res) => res.resume())
        .write("{");
    });
    await until(() => shop.gateway.underWay.size === 1);

    await shop.broker.stop();

    await cut;
  });
  test("can be asked to drain first, and twice", async () => {
    const shop = await openShop();

    await Promise.all([shop.gateway.drain(), shop.gateway.drain()]);

    await expect(shop.ask("GET", "/health/live")).rejects.toThrow();
    await shop.broker.stop();
  });
});

describe("health", () => {
  test("is live without any service, and ready with all of them", async () => {
    await using shop = await openShop();
    await using empty = await openShop({ withoutMugs: true });

    expect((await shop.ask("GET", "/health/ready")).json).toEqual({ status: "ok" });
    expect((await empty.ask("GET", "/health/live")).json).toEqual({ status: "ok" });
    const reply = await empty.ask("GET", "/health/ready");
    expect(reply.json).toMatchObject({ status: 503, code: "service_unavailable" });
    expect(reply.text).not.toContain("mugs");
    expect(empty.log.join("\n")).toContain("Missing: mugs");
  });
  test("goes by what it is told to require", async () => {
    await using shop = await openShop({ requires: ["mugs", "saucers"] });

    expect((await shop.ask("GET", "/health/ready")).status).toBe(503);
  });
  test("answers HEAD", async () => {
    await using shop = await openShop();

    expect(await shop.ask("HEAD", "/health/live")).toMatchObject({ status: 200, text: "" });
  });
});

describe("what is hardly HTTP", () => {
  test.each([
    ["no HTTP at all", "HELLO\r\n\r\n", 400, "bad_request"],
    [
      "two lengths",
      "POST /v1/mug-drops HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
      400,
      "bad_request",
    ],
    [
      "a length beside chunks",
      "POST /v1/mug-drops HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
      "bad_request",
    ],
    [
      "one length twice",
      "POST /v1/mug-drops HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
      400,
      "bad_request",
    ],
    [
      "chunks that are not the last coding",
      "POST /v1/mug-drops HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      400,
      "bad_request",
    ],
    ["a blank before the colon", "GET /v1/mugs HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n", 400, "bad_request"],
    ["a folded header", "GET /v1/mugs HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n", 400, "bad_request"],
    ["a bare line feed", "GET /v1/mugs HTTP/1.1\nHost: a\n\n", 400, "bad_request"],
    [
      "huge headers",
      `GET /v1/mugs HTTP/1.1\r\nHost: a\r\nX-A: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
      "headers_too_large",
    ],
  ])("%s is refused in the same form, and the connection ends (S44)", async (_what, bytes, status, code) => {
    await using shop = await openShop();

    const [head = "", body = ""] = (await askRaw(shop.port, bytes)).split("\r\n\r\n");

    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain("Connection: close");
    expect(head).toContain("X-Content-Type-Options: nosniff");
    expect(JSON.parse(body)).toMatchObject({ status, code });
    expect(shop.served).toEqual([]);
  });
  test("what hides behind a refused request is not read as the next one (S44)", async () => {
    await using shop = await openShop();
    const hidden = "GET /v1/mugs/featured HTTP/1.1\r\nHost: a\r\n\r\n";

    const text = await askRaw(
      shop.port,
      `POST /v1/mug-drops HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${hidden}`,
    );

    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 400"]);
    expect(shop.served).toEqual([]);
  });
  test("a request for no host is refused with the headers of every answer", async () => {
    await using shop = await openShop();

    const text = await askRaw(shop.port, "GET /v1/mugs HTTP/1.1\r\nConnection: close\r\n\r\n");

    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain("X-Content-Type-Options: nosniff");
  });
  test("a client that goes away does not stop what was begun (B15)", async () => {
    const { promise: held, resolve: letGo } = gate();
    await using shop = await openShop({ held });
    const req = request({ port: shop.port, path: "/v1/mugs/featured" }).on("error", () => {});
    req.end();
    await until(() => shop.served.includes("featured"));

    req.destroy();
    letGo();

    await until(() => shop.log.some((line) => line.includes("/v1/mugs/featured")));
    expect(shop.log.filter((line) => /^(?:error|warn)/.test(line))).toEqual([]);
  });
  test("a client that does not finish its headers or body is told so and cut off (S41)", async () => {
    await using shop = await openShop();
    Object.assign(shop.gateway.server, { headersTimeout: 50, requestTimeout: 100 });

    const replies = await Promise.all([
      askRaw(shop.port, "GET /v1/mugs HTTP/1.1\r\nHost: a\r\n"),
      askRaw(
        shop.port,
        "POST /v1/mug-drops HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
      ),
    ]);

    for (const reply of replies) {
      expect(reply).toMatch(/^HTTP\/1\.1 408 /);
      expect(reply).toContain('"code":"request_timeout"');
    }
    expect(shop.log.filter((line) => /^(?:error|warn)/.test(line))).toEqual([]);
  });
  test("limits for slow clients are set, and checked often enough to mean something (S41)", async () => {
    await using shop = await openShop();
    const { server } = shop.gateway;

    expect(PATIENCE).toEqual({ headersTimeout: 10_000, requestTimeout: 15_000 });
    expect(server).toMatchObject({ ...PATIENCE, keepAliveTimeout: 65_000 });
    expect(server.maxConnections).toBeGreaterThan(0);
  });
  test("the limits for slow clients do not end a connection that waits for its next request (S41)", async () => {
    await using shop = await openShop({ keepAliveMs: 60_000 });
    Object.assign(shop.gateway.server, { headersTimeout: 50, requestTimeout: 100 });
    const idle = connect(shop.port, "127.0.0.1");
    let heard = "";
    idle.on("data", (chunk) => (heard += chunk));
    const ask = async (answers: number) => {
      idle.write("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
      await until(() => heard.split('{"status":"ok"}').length > answers);
    };
    await ask(1);

    // By the time that this one is cut off, the server has looked at the idle one as well.
    expect(await askRaw(shop.port, "GET /health/live HTTP/1.1\r\nHost")).toMatch(/^HTTP\/1\.1 408 /);

    await ask(2);
    idle.destroy();
  });
  test("a connection without a request is kept for as long as was set, says so, serves again and is then closed", async () => {
    await using shop = await openShop({ keepAliveMs: 1_000 });
    const socket = connect(shop.port, "127.0.0.1");
    let heard = "";
    socket.on("data", (chunk) => (heard += chunk));
    const ask = async (answers: number) => {
      socket.write("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
      await until(() => heard.split('{"status":"ok"}').length > answers);
      return performance.now();
    };

    await ask(1);
    const answered = await ask(2);
    await once(socket, "close");
    const idle = performance.now() - answered;

    expect(heard.match(/^Keep-Alive: .*/gim)).toEqual(["Keep-Alive: timeout=1", "Keep-Alive: timeout=1"]);
    // Node itself waits a second longer than it tells, for requests that are on their way, and looks once a second.
    expect(idle).toBeGreaterThan(1_000);
    expect(idle).toBeLessThan(4_000);
  });
  test("a refusal before the body was read leaves the connection fit for the next request", async () => {
    await using shop = await openShop();

    const text = await askRaw(
      shop.port,
      "POST /v1/mug-orders HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}" +
        "GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    );

    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 401", "HTTP/1.1 200"]);
  });
});
