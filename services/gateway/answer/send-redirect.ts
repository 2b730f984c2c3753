// The client is sent elsewhere. Where to is checked, because a browser follows it without a question: a location of
// another kind is a fault of ours, and never leaves the house.
import type { ServerResponse } from "node:http";
import type { RedirectAnswer } from "../../../contract/http-binding.ts";
import type { Route } from "../route.ts";
import { setHeaders } from "./headers.ts";

// Visible ASCII: what is not, a browser drops or reads in ways of its own, as it does a backslash for a slash.
const VISIBLE = /^[\x21-\x5b\x5d-\x7e]+$/;
// Two slashes begin the name of another host.
const PATH = /^\/(?!\/)/;
const HTTP_URL = /^https?:\/\/[^/]/i;

/** Whether it is an http(s) URL, or a path from the root of this very host. */
export const isLocation = (location: unknown): boolean =>
  typeof location === "string" &&
  VISIBLE.test(location) &&
  (PATH.test(location) || (HTTP_URL.test(location) && URL.canParse(location)));

/** @throws Error for a location or a status that the client must not see */
export function sendRedirect(
  { action, http }: Route,
  res: ServerResponse,
  { status, location, headers }: RedirectAnswer,
): void {
  // Not quoted: a location may hold a secret of its own.
  if (!isLocation(location)) throw new Error(`${action} redirects to what is neither an http(s) URL nor a path`);
  if (status !== http.redirects) throw new Error(`${action} redirects with ${status}, which its binding does not say`);
  setHeaders(res, headers);
  res.setHeader("Location", location);
  res.statusCode = status;
  res.end();
}
