// The OpenAPI 3.1 document, made from the same routes that are served: what is not in it does not exist.
import { gateway } from "../gateway.contract.ts";
import { OWN_ROUTES } from "../own-routes.ts";
import type { Route } from "../route.ts";
import { shareSchemas } from "./components.ts";
import { operationOf, ownOperation } from "./operation.ts";
import { type Described, shareResponses } from "./responses.ts";

const DESCRIPTION = [
  "Errors are RFC 9457 problems with a stable `code` and the `requestId` of the request; each operation lists its own.",
  "Before a request belongs to an operation it may also be refused with 400 `bad_request`, 404 `not_found`,",
  "405 `method_not_allowed`, 408 `request_timeout` or 431 `headers_too_large`.",
  "HEAD works wherever GET does. Unknown fields and query parameters are refused, never ignored.",
].join(" ");

/** The document of these routes and the gateway's own. */
export function openApiDocument(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, Described>> = {};
  for (const own of OWN_ROUTES) if (!own.hidden) paths[own.path] = { get: ownOperation(own) };
  // Two names for one parameter are one path to OpenAPI: it is listed as the first route wrote it.
  const listed = new Map<string, string>();
  for (const route of routes) {
    const shape = route.http.path.replace(/\{[^}]*\}/g, "{}");
    const path = listed.get(shape) ?? route.http.path;
    listed.set(shape, path);
    paths[path] = { ...paths[path], [route.http.method.toLowerCase()]: operationOf(route, path) };
  }
  const plain = JSON.parse(JSON.stringify(paths)) as typeof paths;
  const schemas = shareSchemas(plain);
  const responses = shareResponses(plain);
  return {
    openapi: "3.1.1",
    info: { title: "Moleculer Commerce", version: "1", description: DESCRIPTION },
    servers: [{ url: "/" }],
    tags: [...new Set(["gateway", ...routes.map(({ service }) => service)])].map((name) => ({ name })),
    paths: plain,
    components: {
      schemas: { Problem: problemSchema(routes), ...schemas },
      responses,
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

function problemSchema(routes: readonly Route[]): object {
  const declared = routes.flatMap(({ contract }) => contract.refusals ?? []);
  const text = { type: "string" };
  return {
    type: "object",
    description: "RFC 9457. A refusal may carry further members of its own.",
    required: ["type", "title", "status", "code", "requestId"],
    properties: {
      type: { type: "string", format: "uri" },
      title: { ...text, description: "The same for every problem of this code" },
      status: { type: "integer" },
      detail: { ...text, description: "What is the matter this time" },
      instance: { ...text, description: "The path that was asked for" },
      code: { ...text, enum: [...new Set([...Object.keys(gateway.errors), ...declared])].sort() },
      requestId: { ...text, description: "As in the X-Request-Id header" },
      errors: {
        type: "array",
        items: {
          type: "object",
          required: ["code", "message"],
          properties: {
            pointer: { ...text, description: "JSON pointer into the body" },
            parameter: { ...text, description: "Name in the path, the query or the headers" },
            code: text,
            message: text,
          },
        },
      },
    },
  };
}
