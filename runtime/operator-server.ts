// What operators ask one process, on a port of its own that no client of the shop needs to reach: its metrics, whether it
// lives, whether it is ready. There before the rest of the process is, and until the rest is gone.
import { hash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { OperatorSettings } from "./config-operators.ts";
import type { Metrics } from "./metrics.ts";

export interface OperatorServerOptions extends OperatorSettings {
  metrics: Metrics;
  /** What this process still lacks, or lacks again. */
  missing: () => readonly string[];
}

export interface OperatorServer {
  /** Undefined where the port was nobody's choice and is taken: the process goes on without. */
  port: number | undefined;
  /** Ends the open connections too. */
  close(): Promise<void>;
}

const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 8_192,
  // Node looks for late clients only this often.
  connectionsCheckingInterval: 1_000,
};
const MAX_CONNECTIONS = 100;

/** @throws Error with a sentence that names the address and the setting, when the chosen port cannot be had */
export async function openOperatorServer(options: OperatorServerOptions): Promise<OperatorServer> {
  const { host, port, chosen } = options;
  const server = createServer(LIMITS, (req, res) => void answer(options, req, res));
  server.maxConnections = MAX_CONNECTIONS;
  const failure = await listen(server, port, host);
  if (failure === undefined) {
    return { port: (server.address() as AddressInfo).port, close: () => close(server) };
  }
  if (chosen) throw new Error(`Metrics cannot be served on ${host}:${port} (METRICS_PORT): ${failure}`);
  return { port: undefined, close: async () => {} };
}

/** @returns in words why not */
const listen = (server: Server, port: number, host: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    server.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      resolve(code === "EADDRINUSE" ? "the port is taken" : message);
    });
    server.listen(port, host, () => resolve(undefined));
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

interface Answer {
  status?: number;
  type?: string;
  text: string;
}

const ANSWERS: Readonly<Record<string, (options: OperatorServerOptions) => Promise<Answer>>> = {
  "/metrics": async ({ metrics }) => ({ type: metrics.contentType, text: await metrics.read() }),
  "/health/live": async () => ({ text: '{"status":"ok"}' }),
  "/health/ready": async ({ missing }) => {
    const names = missing();
    if (names.length === 0) return { text: '{"status":"ok"}' };
    return { status: 503, text: JSON.stringify({ status: "unready", missing: names }) };
  },
};

async function answer(options: OperatorServerOptions, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { status = 200, type = "application/json", text } = await answerTo(options, req);
  if (status === 401) res.setHeader("WWW-Authenticate", "Bearer");
  res.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(text),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  res.end(text);
}

async function answerTo(options: OperatorServerOptions, req: IncomingMessage): Promise<Answer> {
  const { method = "", url = "", headers } = req;
  if (!mayAsk(options.token, headers.authorization)) return { status: 401, text: '{"status":"unauthorized"}' };
  const path = url.split("?")[0] as string;
  const known = ["GET", "HEAD"].includes(method) && Object.hasOwn(ANSWERS, path) ? ANSWERS[path] : undefined;
  if (known === undefined) return { status: 404, text: '{"status":"not found"}' };
  return known(options).catch(() => ({ status: 500, text: '{"status":"failed"}' }));
}

/** Compared as digests, which are of one length: how long it takes tells nothing of the token. */
function mayAsk(token: string | undefined, authorization = ""): boolean {
  if (token === undefined) return true;
  const [, given] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

const digest = (text: string): Buffer => hash("sha256", text, "buffer");
