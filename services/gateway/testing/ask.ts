import { request } from "node:http";
import { connect } from "node:net";

export interface Reply {
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look wherever they like
  json: any;
}

export interface Question {
  headers?: Record<string, string | string[]>;
  /** A string goes as it is; anything else as JSON. */
  body?: unknown;
  type?: string;
}

export type Ask = (method: string, path: string, question?: Question) => Promise<Reply>;

/** One request on a connection of its own. */
export const asker =
  (port: number): Ask =>
  (method, path, { headers, body, type } = {}) =>
    new Promise((resolve, reject) => {
      const content =
        body === undefined || typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
      const req = request(
        {
          port,
          method,
          path,
          agent: false,
          headers: {
            ...(content !== undefined && { "content-type": type ?? "application/json" }),
            ...(content !== undefined && { "content-length": String(Buffer.byteLength(content as string)) }),
            ...headers,
          },
        },
        (res) => {
          const chunks: Buffer[] = [];
          res.on("data", (chunk: Buffer) => chunks.push(chunk));
          res.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            const isJson = /json/.test(res.headers["content-type"] ?? "") && text !== "";
            const headers = res.headers as Reply["headers"];
            resolve({ status: res.statusCode as number, headers, text, json: isJson ? JSON.parse(text) : undefined });
          });
        },
      );
      req.on("error", reject);
      req.end(content as string | undefined);
    });

/** What comes back for these very bytes, until the server closes the connection. */
export const askRaw = (port: number, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
