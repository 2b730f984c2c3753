// The OpenAPI 3.1 document, made from the same routes that are served: what is not in it does not exist.
import { OWN_ROUTES } from "../own-routes.ts";
import type { Route } from "../route.ts";
import { linksFrom } from "./links.ts";
import { NamedSchemas } from "./named-schemas.ts";
import { operationOf, ownOperation } from "./operation.ts";
import { ProblemResponses } from "./responses.ts";

const DESCRIPTION = [
  "Errors are RFC 9457 problems with a stable `code` and the `requestId` of the request; each operation lists its own.",
  "Before a request belongs to an operation it may also be refused with 400 `bad_request`, 404 `not_found`,",
  "405 `method_not_allowed`, 408 `request_timeout` or 431 `headers_too_large`.",
  "Answers say in `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers) how many requests are left to whom.",
  "HEAD works wherever GET does. Unknown fields and query parameters are refused, never ignored.",
  "The examples work against the demo shop; what exists only at run time, such as an order's id, a link leads to.",
].join(" ");

/**
 * The document of these routes and the gateway's own.
 * @throws Error where two different schemas have one name, or one code has two meanings
 */
export function openApiDocument(routes: readonly Route[]): object {
  const schemas = new NamedSchemas();
  const problems = new ProblemResponses(schemas);
  const templates = templatesOf(routes);
  const paths: Record<string, Record<string, object>> = {};
  for (const own of OWN_ROUTES) if (!own.hidden) paths[own.path] = { get: ownOperation(own, { schemas, problems }) };
  for (const [route, path] of templates) {
    const links = linksFrom(route, templates);
    const operation = operationOf(route, path, links, { schemas, problems });
    paths[path] = { ...paths[path], [route.http.method.toLowerCase()]: operation };
  }
  return {
    openapi: "3.1.1",
    info: { title: "Moleculer Commerce", version: "1", description: DESCRIPTION },
    servers: [{ url: "/" }],
    tags: [...new Set(["gateway", ...routes.map(({ service }) => service)])].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.components(),
      responses: problems.components(),
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

/** Two names for one parameter are one path to OpenAPI: it is listed as the first route wrote it. */
function templatesOf(routes: readonly Route[]): ReadonlyMap<Route, string> {
  const listed = new Map<string, string>();
  return new Map(
    routes.map((route) => {
      const { path } = route.http;
      const shape = path.replace(/\{[^}]*\}/g, "{}");
      listed.set(shape, listed.get(shape) ?? path);
      return [route, listed.get(shape) as string];
    }),
  );
}
