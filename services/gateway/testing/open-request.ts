// Requests whose bodies and answers are not held as a whole, so that tests can stop, slow down or go away in between.
import { once } from "node:events";
import { type Agent, type ClientRequest, type IncomingMessage, request } from "node:http";

export interface Opened {
  req: ClientRequest;
  answered: Promise<IncomingMessage>;
}

export interface Opening {
  headers?: Record<string, string>;
  agent?: Agent;
}

/** Sends the head of a request; the body is up to the caller. */
export function openRequest(port: number, method: string, path: string, { headers, agent }: Opening = {}): Opened {
  const req = request({ port, method, path, ...(headers && { headers }), agent: agent ?? false });
  const answered = once(req, "response").then(([res]): IncomingMessage => res);
  // Tests that go away themselves do not wait for an answer.
  answered.catch(() => {});
  req.on("error", () => {});
  return { req, answered };
}

export interface Whole {
  status: number;
  content: Buffer;
  /** Whether the answer came to its end. */
  complete: boolean;
}

/** Reads an answer to its end, or to where the connection ends. */
export async function readWhole(res: IncomingMessage): Promise<Whole> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of res) chunks.push(chunk);
  } catch {
    // The connection was cut: `complete` says so.
  }
  return { status: res.statusCode ?? 0, content: Buffer.concat(chunks), complete: res.complete };
}
