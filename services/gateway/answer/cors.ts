// Which other origins' pages may read the answers. An origin is one of the list, letter by letter, or it gets nothing;
// a preflight is answered here and never reaches an action.
import type { IncomingMessage, ServerResponse } from "node:http";
import { refuse } from "../errors.ts";

const ASK = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Prefer, X-Request-Id";
const SHOW =
  "ETag, Idempotent-Replayed, Location, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";

export interface Cors {
  /** Marks an answer as readable by the page that asked, where its origin is on the list. */
  mark(req: IncomingMessage, res: ServerResponse): void;
  /** Answers OPTIONS on a path that knows these methods. @throws NOT_FOUND where there are none */
  options(req: IncomingMessage, res: ServerResponse, allow: string | undefined): void;
}

/** @throws Error for an entry that is no origin: no wildcard and no "null", which any sandboxed page can claim */
export function cors(origins: readonly string[]): Cors {
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin || /\*/.test(origin)) {
      throw new Error(`"${origin}" is not an origin; write scheme, host and port, such as https://shop.example.com`);
    }
  }
  const allowed = new Set(origins);
  const mark: Cors["mark"] = ({ headers }, res) => {
    if (allowed.size === 0) return;
    res.setHeader("Vary", "Origin");
    if (headers.origin === undefined || !allowed.has(headers.origin)) return;
    res.setHeader("Access-Control-Allow-Origin", headers.origin);
    res.setHeader("Access-Control-Expose-Headers", SHOW);
  };
  const options: Cors["options"] = ({ headers }, res, allow) => {
    if (allow === undefined) throw refuse("not_found");
    res.setHeader("Allow", allow);
    if (res.hasHeader("Access-Control-Allow-Origin") && headers["access-control-request-method"] !== undefined) {
      res.setHeader("Access-Control-Allow-Methods", allow);
      res.setHeader("Access-Control-Allow-Headers", ASK);
      res.setHeader("Access-Control-Max-Age", "600");
    }
    res.writeHead(204).end();
  };
  return { mark, options };
}
