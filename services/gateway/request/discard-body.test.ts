import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, test } from "@jest/globals";
import { discardBody } from "./body.ts";

const WITHIN_MS = 100;

/** A server with all the patience of the world, which answers before it has read. */
async function openServer(): Promise<AsyncDisposable & { port: number }> {
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (req, res) => {
    res.end("answered");
    discardBody(req, WITHIN_MS);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";

test("a client that was answered and does not finish its body is cut off in the time for that", async () => {
  await using server = await openServer();
  const socket = connect(server.port, "127.0.0.1");
  let heard = "";
  socket.on("data", (chunk) => (heard += chunk));

  socket.write(`${POST}12345`);
  await once(socket, "close");

  expect(heard).toContain("answered");
});

test("one that finishes it in time goes on with its connection, beyond that time", async () => {
  await using server = await openServer();
  const socket = connect(server.port, "127.0.0.1");

  socket.write(`${POST}12345`);
  expect(String(await once(socket, "data"))).toContain("answered");
  socket.write("67890");
  const cut = once(socket, "close").then(() => "cut off");
  const later = new Promise<string>((resolve) => setTimeout(resolve, 3 * WITHIN_MS, "there"));

  expect(await Promise.race([cut, later])).toBe("there");
  socket.write(`${POST}1234567890`);
  expect(String(await once(socket, "data"))).toContain("answered");
  socket.destroy();
});
