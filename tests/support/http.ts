// A client of the running shop. Every answer, whatever the test does with it, has to be one that /openapi.json promises.
import { Agent, request } from "node:http";
import { documentedBy, type OpenApi, type Told } from "./documented.ts";

export interface Answer<T> extends Told {
  body: T;
}

export interface Question {
  headers?: Record<string, string>;
  /** Text and bytes go as they are; anything else as JSON. */
  body?: unknown;
  /** Its Content-Type. */
  type?: string;
  /** The Idempotency-Key. */
  key?: string;
  /** The ETag for If-Match. */
  ifMatch?: string | undefined;
}

export interface Client {
  document: OpenApi;
  /** What it sends as its access token. */
  token: string | undefined;
  /** Headers that came so far, to any client of this shop, and that the document does not list. */
  unlistedHeaders: ReadonlySet<string>;
  ask<T = unknown>(method: string, path: string, question?: Question): Promise<Answer<T>>;
  get<T = unknown>(path: string, question?: Question): Promise<Answer<T>>;
  post<T = unknown>(path: string, body?: unknown, question?: Question): Promise<Answer<T>>;
  patch<T = unknown>(path: string, body: unknown, question?: Question): Promise<Answer<T>>;
  delete<T = unknown>(path: string, question?: Question): Promise<Answer<T>>;
  /** The same client with another access token, or with none. */
  as(token?: string): Client;
  close(): void;
}

export async function connect(url: string): Promise<Client> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const { body: document } = await send<OpenApi>(agent, url, "GET", "/openapi.json", {});
  const unlistedHeaders = new Set<string>();
  const assertDocumented = documentedBy(document, unlistedHeaders);

  const clientOf = (token?: string): Client => {
    const ask = async <T>(method: string, path: string, question: Question = {}): Promise<Answer<T>> => {
      const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...question.headers };
      const answer = await send<T>(agent, url, method, path, { ...question, headers });
      assertDocumented({ method, path: path.split("?")[0] as string }, answer);
      return answer;
    };
    return {
      document,
      token,
      unlistedHeaders,
      ask,
      get: (path, question) => ask("GET", path, question),
      post: (path, body, question) => ask("POST", path, { body, ...question }),
      patch: (path, body, question) => ask("PATCH", path, { body, ...question }),
      delete: (path, question) => ask("DELETE", path, question),
      as: clientOf,
      close: () => agent.destroy(),
    };
  };
  return clientOf();
}

function send<T>(
  agent: Agent,
  url: string,
  method: string,
  path: string,
  { headers, body, type = "application/json", key, ifMatch }: Question,
): Promise<Answer<T>> {
  const content = body === undefined || typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const { promise, resolve, reject } = Promise.withResolvers<Answer<T>>();
  const { hostname, port } = new URL(url);
  const req = request({
    agent,
    hostname,
    port,
    method,
    // As it is: a client library that tidies the path up would keep the bad ones from the shop.
    path,
    headers: {
      ...(content !== undefined && { "content-type": type, "content-length": Buffer.byteLength(content) }),
      ...(key !== undefined && { "idempotency-key": key }),
      ...(ifMatch !== undefined && { "if-match": ifMatch }),
      ...headers,
    },
  });
  req.on("error", reject);
  req.on("response", (res) => {
    const chunks: Buffer[] = [];
    res.on("data", (chunk: Buffer) => chunks.push(chunk));
    res.on("error", reject);
    res.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const isJson = /json/.test(res.headers["content-type"] ?? "") && text !== "";
      const body = (isJson ? JSON.parse(text) : undefined) as T;
      resolve({ status: res.statusCode as number, headers: res.headers as Told["headers"], text, body });
    });
  });
  req.end(content);
  return promise;
}

/** `"422 unknown_sku"`, or the status alone where nothing is wrong. */
export function saidOf({ status, body }: Answer<unknown>): string {
  const { code } = (body ?? {}) as { code?: string };
  return status < 400 ? String(status) : `${status} ${code}`;
}
