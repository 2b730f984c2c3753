// What an action returned, as an HTTP answer. Only the contract decides status and headers: nothing that a service
// writes into `ctx.meta` is looked at.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpAnswer, PlainAnswer } from "../../../contract/http-binding.ts";
import type { Route } from "../route.ts";
import { digestTag, isFresh } from "./etag.ts";
import { setHeaders } from "./headers.ts";
import { sendRedirect } from "./send-redirect.ts";
import { sendStream } from "./send-stream.ts";

export interface Sending {
  /** Whether the client asked for `respond-async`. */
  preferAsync: boolean;
  /** Milliseconds for which a stream may stand still. */
  silence: number;
}

/** Sends the result of a route's action; settles when a stream has ended. */
export async function sendResult(
  route: Route,
  req: IncomingMessage,
  res: ServerResponse,
  result: unknown,
  { preferAsync, silence }: Sending,
): Promise<void> {
  const { http } = route;
  const answer: HttpAnswer = http.answer
    ? http.answer(result, { preferAsync })
    : { status: http.status ?? 200, body: result };
  if (answer.stream !== undefined) await sendStream(route, req, res, answer, silence);
  else if (answer.location !== undefined) sendRedirect(route, res, answer);
  else sendPlain(route, req, res, answer);
}

function sendPlain({ http }: Route, req: IncomingMessage, res: ServerResponse, answer: PlainAnswer): void {
  // First what can fail, so that a failure's answer carries no header of a success.
  const text = answer.body === undefined ? "" : JSON.stringify(answer.body);
  setHeaders(res, answer.headers);

  if (answer.status === 204 || answer.body === undefined) {
    res.writeHead(answer.status).end();
    return;
  }
  const etag = http.etag || http.publicMaxAge !== undefined ? etagOf(answer.body, text) : undefined;
  if (etag !== undefined) res.setHeader("ETag", etag);
  if (http.publicMaxAge !== undefined && answer.status === 200) {
    // What a signed-in caller sees is not for a cache that others share.
    if (req.headers.authorization === undefined) res.setHeader("Cache-Control", `public, max-age=${http.publicMaxAge}`);
    res.appendHeader("Vary", "Authorization");
    if (etag !== undefined && isFresh(req, etag)) {
      res.writeHead(304).end();
      return;
    }
  }
  res.setHeader("Content-Type", "application/json; charset=utf-8");
  // Said explicitly, because Node does not count for HEAD.
  res.setHeader("Content-Length", Buffer.byteLength(text));
  res.statusCode = answer.status;
  res.end(text);
}

/** The version where there is one, so that `If-Match` can name it; else a digest. */
function etagOf(body: unknown, text: string): string {
  const version = (body as { version?: unknown } | null)?.version;
  return Number.isInteger(version) ? `"${version}"` : digestTag(text);
}
