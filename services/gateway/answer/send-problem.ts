import type { IncomingMessage, ServerResponse } from "node:http";
import type { Service } from "moleculer";
import { discardBody } from "../request/body.ts";
import type { Route } from "../route.ts";
import { locateErrors } from "./locate-errors.ts";
import { type Problem, problemOf, type Titles } from "./problem.ts";

interface Failed {
  req: IncomingMessage;
  res: ServerResponse;
  titles: Titles;
  logger: Service["logger"];
  id: string;
  path: string;
  route?: Route;
  /** Whether the error can come from the action. */
  asked?: true;
}

/** Answers with the problem that an error means. What the client must not know goes into the log, under the same id. */
export function sendProblem(error: unknown, { req, res, titles, logger, id, path, route, asked }: Failed): void {
  const problem = problemOf(error, titles, path, id);
  if (problem.status >= 500) report(problem, error, logger, id, `${req.method} ${route?.http.path ?? path}`);
  if (res.headersSent || res.destroyed) {
    // Too late for an answer; a cut connection at least does not look like a whole one.
    res.destroy();
    return;
  }
  const { body } = problem;
  if (body.code === "validation_failed" && asked && route) body.errors = locateErrors(body.errors, route);
  for (const [name, value] of Object.entries(problem.headers)) res.setHeader(name, value);
  res.removeHeader("ETag");
  res.setHeader("Cache-Control", "no-store");
  res.setHeader("Content-Type", "application/problem+json");
  res.statusCode = problem.status;
  discardBody(req);
  const text = JSON.stringify(body);
  res.setHeader("Content-Length", Buffer.byteLength(text));
  res.end(text);
}

// Not the error as an object: its data can hold what was sent.
function report(
  { unexpected, body }: Problem,
  error: unknown,
  logger: Service["logger"],
  id: string,
  what: string,
): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (unexpected) logger.error(`${what} failed: ${stack}`, { requestID: id });
  else logger.warn(`${what}: ${body.code}: ${message}`, { requestID: id });
}
