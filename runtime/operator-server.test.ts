import { connect } from "node:net";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type OperatorServer, type OperatorServerOptions, openOperatorServer } from "./operator-server.ts";

let missing: string[];
let reading: () => Promise<string>;
const servers: OperatorServer[] = [];
const open = async (changes: Partial<OperatorServerOptions> = {}) => {
  const server = await openOperatorServer({
    host: "127.0.0.1",
    port: 0,
    chosen: true,
    token: undefined,
    metrics: { contentType: "text/plain; version=0.0.4; charset=utf-8", read: () => reading() },
    missing: () => missing,
    ...changes,
  });
  servers.push(server);
  return server;
};
const ask = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(`http://127.0.0.1:${servers[0]?.port}${path}`, init);
  return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
};

beforeEach(async () => {
  missing = [];
  reading = async () => "mugs 7\n";
  await open();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

test("metrics come as Prometheus wants them, with a query or without", async () => {
  const answer = { status: 200, type: "text/plain; version=0.0.4; charset=utf-8", text: "mugs 7\n" };

  expect(await ask("/metrics")).toEqual(answer);
  expect(await ask("/metrics?name=mugs")).toEqual(answer);
  expect(await ask("/metrics", { method: "HEAD" })).toEqual({ ...answer, text: "" });
});

test("it lives while it is not ready, and says what is missing", async () => {
  missing = ["orders", "payments"];

  expect((await ask("/health/live")).status).toBe(200);
  const { status, text } = await ask("/health/ready");

  expect([status, JSON.parse(text)]).toEqual([503, { status: "unready", missing: ["orders", "payments"] }]);
  missing = [];
  expect(await ask("/health/ready")).toMatchObject({ status: 200, text: '{"status":"ok"}' });
});

test.each([
  ["GET", "/"],
  ["GET", "/metrics/"],
  ["GET", "/constructor"],
  ["GET", "/v1/products"],
  ["POST", "/metrics"],
  ["DELETE", "/health/live"],
])("%s %s is nothing here", async (method, path) => {
  expect((await ask(path, { method })).status).toBe(404);
});

test("a reading that fails is a 500 without its reason, and the next one may succeed", async () => {
  reading = async () => {
    throw new Error("the password is mug");
  };
  const failed = await ask("/metrics");
  reading = async () => "mugs 8\n";

  expect(failed.status).toBe(500);
  expect(failed.text).not.toContain("mug");
  expect((await ask("/metrics")).text).toBe("mugs 8\n");
});

test("a taken port is borne when nobody chose it, and refused in a sentence when somebody did", async () => {
  const port = servers[0]?.port as number;

  expect((await open({ port, chosen: false })).port).toBeUndefined();
  await expect(open({ port })).rejects.toThrow(
    `Metrics cannot be served on 127.0.0.1:${port} (METRICS_PORT): the port is taken`,
  );
});

test.each([
  ["no token", undefined, 401],
  ["another token", "Bearer a-token-of-this-test-2", 401],
  ["the beginning of the token", "Bearer a-token-of-this", 401],
  ["another scheme", "Basic a-token-of-this-test-1", 401],
  ["the token", "Bearer a-token-of-this-test-1", 200],
])("where a token is asked for, %s is answered accordingly on every path", async (_what, authorization, status) => {
  const { port } = await open({ token: "a-token-of-this-test-1" });
  const headers = authorization === undefined ? {} : { authorization };

  for (const path of ["/metrics", "/health/live", "/health/ready"]) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([status, status === 401 ? "Bearer" : null]);
    await answer.text();
  }
});

test("closed, it ends idle connections, and those that wait for an answer", async () => {
  const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>();
  reading = () => {
    isAsked();
    return new Promise(() => {});
  };
  const [idle, waiting] = [0, 1].map(() => connect(servers[0]?.port as number, "127.0.0.1"));
  const ends = [idle, waiting].map((socket) => new Promise((resolve) => socket?.once("close", resolve)));
  for (const socket of [idle, waiting]) socket?.on("error", () => {});
  waiting?.write("GET /metrics HTTP/1.1\r\nHost: shop\r\n\r\n");
  await asked;

  await servers[0]?.close();

  await Promise.all(ends);
});
