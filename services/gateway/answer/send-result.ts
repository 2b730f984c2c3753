// What an action returned, as an HTTP answer. Only the contract decides status and headers: nothing that a service
// writes into `ctx.meta` is looked at.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpAnswer } from "../../../contract/contract.ts";
import type { Route } from "../routes.ts";
import { digestTag, isFresh } from "./etag.ts";

/** Sends the result of a route's action. @param preferAsync whether the client asked for `respond-async` */
export function sendResult(
  { http }: Route,
  req: IncomingMessage,
  res: ServerResponse,
  result: unknown,
  preferAsync: boolean,
): void {
  const answer: HttpAnswer = http.answer
    ? http.answer(result, { preferAsync })
    : { status: http.status ?? 200, body: result };
  // First what can fail, so that a failure's answer carries no header of a success.
  const text = answer.body === undefined ? "" : JSON.stringify(answer.body);
  for (const [name, value] of Object.entries(answer.headers ?? {})) if (value !== undefined) res.setHeader(name, value);

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
