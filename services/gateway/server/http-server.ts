// The HTTP server: what it bears from a slow, silent or broken client, and how it stops.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { safeHeaderLines } from "../answer/headers.ts";
import { problemOf, type Titles } from "../answer/problem.ts";
import { type GatewayCode, refuse } from "../errors.ts";
import { requestIdOf } from "../request/request-id.ts";

const MAX_CONNECTIONS = 10_000;

/**
 * What a server bears, in milliseconds. Node counts the first two from the first byte of a request on, so that a connection
 * without a request is not meant by them; `keepAliveTimeout` is for that one.
 */
export const PATIENCE = { headersTimeout: 10_000, requestTimeout: 15_000 } as const;

/**
 * A server that cuts slow clients off and answers what is not HTTP in the same form as everything else.
 * @param keepAliveMs to be longer than the balancers in front keep their connections (60 s mostly): else one of them sends a
 *   request into a connection that is just being closed, and its client sees a 502
 */
export function makeServer(listener: RequestListener, titles: Titles, keepAliveMs: number): Server {
  const server = createServer(
    {
      ...PATIENCE,
      keepAliveTimeout: keepAliveMs,
      maxHeaderSize: 16_384,
      // Node looks for late clients only this often; its default of 30 s would make the limits above half empty words.
      connectionsCheckingInterval: 1_000,
      // Node would answer these two by itself, without the headers that every answer has.
      requireHostHeader: false,
    },
    listener,
  );
  server.on("checkExpectation", listener);
  server.maxConnections = MAX_CONNECTIONS;
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => answerClientError(error, socket, titles));
  return server;
}

const CLIENT_ERRORS: Readonly<Record<string, GatewayCode>> = {
  HPE_HEADER_OVERFLOW: "headers_too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "request_timeout",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "payload_too_large",
};

function answerClientError({ code = "" }: NodeJS.ErrnoException, socket: Duplex, titles: Titles): void {
  const begun = (socket as { _httpMessage?: { headersSent?: boolean } })._httpMessage?.headersSent === true;
  if (code === "ECONNRESET" || !socket.writable || begun) {
    socket.destroy();
    return;
  }
  const id = requestIdOf(undefined);
  const problem = problemOf(refuse(CLIENT_ERRORS[code] ?? "bad_request"), titles, "", id);
  const { instance: _unknown, ...body } = problem.body;
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${problem.status} Refused\r\n${safeHeaderLines(id)}Content-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
    () => socket.destroy(),
  );
}

/** @throws Error naming host and port where they cannot be had */
export function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const refused = ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === "EADDRINUSE" ? "the port is taken" : code === "EACCES" ? "not permitted" : message;
      reject(new Error(`The gateway cannot listen on ${host} port ${port}: ${why}`));
    };
    server.once("error", refused);
    server.listen(port, host, () => {
      server.off("error", refused);
      resolve(server.address() as AddressInfo);
    });
  });
}

/**
 * Takes no new connections, lets requests under way finish, then ends what is left.
 * @param deadline milliseconds for the requests under way
 */
export function drain(server: Server, deadline: number): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), deadline);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}
