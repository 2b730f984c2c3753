// The parameters of an action from a request. Each comes from exactly one place: path, query or body, or a header; the
// same name in another place is refused, never merged.
import type { IncomingMessage } from "node:http";
import { invalid } from "../../../contract/refusals.ts";
import type { Route } from "../route.ts";
import type { BodyStream } from "./body-stream.ts";
import { coercer } from "./coerce.ts";
import { idempotencyKey, idempotencyOf, ifVersion, prefersAsync } from "./headers.ts";
import { queryFields, readQuery } from "./query.ts";
import { bodyTaker } from "./take-body.ts";

type Params = Record<string, unknown>;

export interface Asked {
  req: IncomingMessage;
  path: string;
  search: string;
  pathParams: Readonly<Record<string, string>>;
}

/** What an action is given. */
export interface Given {
  params: Params;
  /** The body, where the action takes it as a stream. */
  stream?: BodyStream;
}

/** Reads the requests of one route; everything that can be known from the contract is worked out once. */
export function paramsReader(route: Route): (asked: Asked) => Promise<Given> {
  const { http } = route;
  const fromPath = route.pathParams.map((name) => [name, coercer(route.contract.params[name] as never)] as const);
  const fields = queryFields(route.queryParams);
  const fromHeaders = Object.entries(http.headers ?? {}).map(([name, header]) => [name, header.toLowerCase()] as const);
  const takeBody = bodyTaker(route);

  return async ({ req, path, search, pathParams }) => {
    const key = http.idempotencyKey && idempotencyKey(req, http.idempotencyKey);
    const version = http.ifMatch && ifVersion(req);
    const query: Params = {};
    const problems = search === "" ? [] : readQuery(search, fields, query);
    if (problems.length > 0) throw invalid(...problems);

    const { bytes = NO_BYTES, params: body = {}, stream } = await takeBody(req);
    // A body that names a parameter of the query has been refused.
    const params = Object.assign(body, query);
    for (const [name, coerce] of fromPath) params[name] = coerce(pathParams[name] ?? "");
    if (key !== undefined) params.idempotency = idempotencyOf(key, http.method, path, bytes);
    if (version !== undefined) params.ifVersion = version;
    for (const [name, header] of fromHeaders) if (req.headers[header] !== undefined) params[name] = req.headers[header];
    if (http.preferAsync !== undefined && prefersAsync(req)) params[http.preferAsync] = true;
    return { params, ...(stream && { stream }) };
  };
}

const NO_BYTES = Buffer.alloc(0);
