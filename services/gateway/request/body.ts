// The bytes of a body, bounded. What is not read is thrown away: a client that is refused early can finish sending and
// read why, instead of finding its connection reset; but not without end.
import type { IncomingMessage } from "node:http";
import { refuse } from "../errors.ts";

const MOST_TO_DISCARD = 8_000_000;
const DISCARD_WITHIN_MS = 10_000;
const NOTHING = Buffer.alloc(0);

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/** @throws PAYLOAD_TOO_LARGE (413) as soon as that is certain, BAD_REQUEST when the client goes away */
export function readBody(req: IncomingMessage, limit: number): Promise<Buffer> {
  if (!hasBody(req)) return Promise.resolve(NOTHING);
  if (Number(req.headers["content-length"] ?? 0) > limit) return Promise.reject(tooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (act: () => void) => {
      req.off("data", take).off("end", done).off("error", gone).off("close", gone);
      act();
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) finish(() => reject(tooLarge(limit)));
      else chunks.push(chunk);
    };
    const done = () => finish(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)));
    const gone = () => finish(() => reject(refuse("bad_request")));
    req.on("data", take).on("end", done).on("error", gone).on("close", gone);
  });
}

/**
 * Lets the rest of an unread body go by, and cuts the connection where that is too much or takes too long.
 * @param within milliseconds; whatever time the server gives for a request, which has been answered
 */
export function discardBody(req: IncomingMessage, within = DISCARD_WITHIN_MS): void {
  if (req.complete || req.destroyed || !hasBody(req)) return;
  // Kept here: once the answer is out, the request no longer ends its connection.
  const { socket } = req;
  const late = setTimeout(() => socket.destroy(), within).unref();
  const over = () => clearTimeout(late);
  let left = MOST_TO_DISCARD;
  req.on("error", () => {});
  req.on("end", over).on("close", over);
  req.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) socket.destroy();
  });
  // Who stopped reading may have held it back.
  req.resume();
}

/** The refusal of a body that is larger than that. */
export const tooLarge = (limit: number) =>
  refuse("payload_too_large", `The body is larger than the ${limit} bytes that this path accepts`, { limit });
