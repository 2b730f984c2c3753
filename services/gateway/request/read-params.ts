// The parameters of an action from a request. Each comes from exactly one place: path, query or body, or a header; the
// same name in another place is refused, never merged.
import type { IncomingMessage } from "node:http";
import { Type } from "typebox";
import { type FieldProblem, invalidRequest } from "../errors.ts";
import { DEFAULT_BODY_LIMIT, type Route } from "../routes.ts";
import { hasBody, readBody } from "./body.ts";
import { coercer } from "./coerce.ts";
import { contentTypeOf, contentTypes, readContent } from "./content.ts";
import { idempotencyKey, idempotencyOf, ifVersion, prefersAsync } from "./headers.ts";
import { queryFields, readQuery } from "./query.ts";

type Params = Record<string, unknown>;

export interface Asked {
  req: IncomingMessage;
  path: string;
  search: string;
  pathParams: Readonly<Record<string, string>>;
  address: string;
}

/** Reads the requests of one route; everything that can be known from the contract is worked out once. */
export function paramsReader(route: Route): (asked: Asked) => Promise<Params> {
  const { http } = route;
  const fromPath = route.pathParams.map((name) => [name, coercer(route.contract.params[name] as never)] as const);
  const fields = queryFields(route.hasBody ? {} : route.openParams);
  const fromHeaders = Object.entries(http.headers ?? {}).map(([name, header]) => [name, header.toLowerCase()] as const);
  const fromBody = route.hasBody ? bodyReader(route) : refuseBody;

  return async ({ req, path, search, pathParams, address }) => {
    const key = http.idempotencyKey && idempotencyKey(req, http.idempotencyKey);
    const version = http.ifMatch && ifVersion(req);
    const query: Params = {};
    const problems = search === "" ? [] : readQuery(search, fields, query);
    if (problems.length > 0) throw invalidRequest(...problems);

    const { bytes, params } = (await fromBody(req)) ?? { bytes: NO_BYTES, params: query };
    for (const [name, coerce] of fromPath) params[name] = coerce(pathParams[name] ?? "");
    if (key !== undefined) params.idempotency = idempotencyOf(key, http.method, path, bytes);
    if (version !== undefined) params.ifVersion = version;
    for (const [name, header] of fromHeaders) if (req.headers[header] !== undefined) params[name] = req.headers[header];
    if (http.preferAsync !== undefined && prefersAsync(req)) params[http.preferAsync] = true;
    if (http.clientAddress !== undefined) params[http.clientAddress] = address;
    return params;
  };
}

const NO_BYTES = Buffer.alloc(0);

async function refuseBody(req: IncomingMessage): Promise<undefined> {
  if (hasBody(req)) throw invalidRequest({ pointer: "", code: "body", message: "is not expected here" });
}

function bodyReader(route: Route): (req: IncomingMessage) => Promise<{ bytes: Buffer; params: Params }> {
  const { csv, rawBody, bodyLimit = DEFAULT_BODY_LIMIT } = route.http;
  const accepted = contentTypes(route);
  const known = new Set(Object.keys(route.openParams));
  const needed = bodyNeeded(route);

  return async (req) => {
    if (!hasBody(req)) {
      if (needed) throw invalidRequest({ pointer: "", code: "required", message: "must not be empty" });
      return { bytes: NO_BYTES, params: {} };
    }
    const type = contentTypeOf(req, accepted);
    const bytes = await readBody(req, bodyLimit);
    const params = readContent(bytes, type, { csv, rawBody });
    if (type !== "text/csv" && rawBody === undefined) refuseUnknown(params, known);
    return { bytes, params };
  };
}

/** Whether a request without a body cannot be meant: something in it is required, or all of it is one document. */
export const bodyNeeded = ({ http, openParams }: Route): boolean =>
  http.csv !== undefined ||
  http.rawBody !== undefined ||
  ((Type.Object({ ...openParams }) as { required?: string[] }).required ?? []).length > 0;

function refuseUnknown(body: Params, known: ReadonlySet<string>): void {
  const problems: FieldProblem[] = [];
  for (const name of Object.keys(body)) {
    if (known.has(name)) continue;
    if (problems.length < 20)
      problems.push({ pointer: pointerTo(name), code: "additionalProperties", message: "is not known here" });
  }
  if (problems.length > 0) throw invalidRequest(...problems);
}

const pointerTo = (name: string) => `/${name.slice(0, 100).replaceAll("~", "~0").replaceAll("/", "~1")}`;
