import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** One answer of the server, whatever its status. `body` is the parsed JSON, or undefined where there was none. */
export type Answer = { status: number; headers: IncomingHttpHeaders; body: unknown };

export type HttpRequest = { method: "GET" | "POST"; path: string; headers?: Record<string, string>; body?: unknown };

export type HttpClient = { send(request: HttpRequest): Promise<Answer>; close(): void };

const SILENCE_MS = 60_000;

/**
 * A client of one server over kept-alive connections, at most `connections` of them. Below `fetch` on purpose: the
 * tool shares its processor with the server it feeds.
 *
 * `send` fails only when there is no whole answer: connection refused, cut, or silent for a minute.
 */
export function connectTo(url: URL, connections: number): HttpClient {
  const secure = url.protocol === "https:";
  const options = { keepAlive: true, maxSockets: connections };
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
  const open = secure ? httpsRequest : httpRequest;
  const base = url.pathname.replace(/\/$/, "");

  const send = ({ method, path, headers, body }: HttpRequest) =>
    new Promise<Answer>((resolve, reject) => {
      const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const request = open(new URL(base + path, url), {
        method,
        agent,
        timeout: SILENCE_MS,
        headers: {
          accept: "application/json",
          ...headers,
          ...(payload && { "content-type": "application/json", "content-length": payload.length }),
        },
      });
      request.on("timeout", () => request.destroy(new Error("no answer within a minute")));
      request.on("error", reject);
      request.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, headers: answered, body: parseJson(Buffer.concat(chunks).toString()) });
        });
      });
      request.end(payload);
    });

  return { send, close: () => agent.destroy() };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
