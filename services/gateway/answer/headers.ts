// Headers of every answer, errors included. They are set before anything can fail.
import type { ServerResponse } from "node:http";

const ALWAYS = Object.entries({
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "Cache-Control": "no-store",
});

/** Safe until something says otherwise: nothing is cached, framed, sniffed or executed. */
export function setSafeHeaders(res: ServerResponse, requestId: string): void {
  for (const [name, value] of ALWAYS) res.setHeader(name, value);
  res.setHeader("X-Request-Id", requestId);
}

/** The headers that an answer brings itself. */
export function setHeaders(res: ServerResponse, headers: Readonly<Record<string, string | undefined>> = {}): void {
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) res.setHeader(name, value);
}

/** The same as text, for the answers that are written below HTTP parsing. */
export const safeHeaderLines = (requestId: string): string =>
  [...ALWAYS, ["X-Request-Id", requestId]].map(([name, value]) => `${name}: ${value}\r\n`).join("");
