// Holds answers against the OpenAPI document that the shop publishes: what it does not promise, the shop must not send.
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

type Schema = Record<string, unknown>;
interface Response {
  $ref?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, { schema?: Schema }>;
}
export interface OpenApi {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, Response> }>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Response> };
}

export interface Asked {
  method: string;
  /** Without the query. */
  path: string;
}
export interface Told {
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
  body: unknown;
}

// What the document says in its description: before a request belongs to an operation it can be refused with these.
const UNROUTED: Record<number, string> = {
  400: "bad_request",
  404: "not_found",
  405: "method_not_allowed",
  408: "request_timeout",
  431: "headers_too_large",
};
/** Headers that a client acts on. */
const MEANINGFUL = ["location", "etag", "idempotent-replayed", "preference-applied", "retry-after", "www-authenticate"];

/**
 * @param unlistedHeaders gathers headers that answers carried without a promise
 * @returns a check that throws an Error saying what else of an answer the document does not promise
 */
export function documentedBy(document: OpenApi, unlistedHeaders: Set<string>): (asked: Asked, told: Told) => void {
  const withFormats = addFormats as unknown as typeof addFormats.default;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  withFormats(ajv);
  const checks = new Map<string, ValidateFunction>();
  const templates = Object.keys(document.paths)
    .map((template) => ({ template, pattern: new RegExp(`^${template.replace(/\{[^}]*\}/g, "[^/]+")}/?$`) }))
    .sort((a, b) => a.template.split("{").length - b.template.split("{").length);

  function checkOf(name: string, schema: Schema, strictly: boolean): ValidateFunction {
    const { Problem, ...schemas } = document.components.schemas;
    const components = { schemas: { ...(strictly ? (closed(schemas) as object) : schemas), Problem } };
    const check = checks.get(name) ?? ajv.compile({ ...(strictly ? (closed(schema) as Schema) : schema), components });
    checks.set(name, check);
    return check;
  }

  return ({ method, path }, told) => {
    const asked = `${method} ${path}`;
    const fail = (why: string) => {
      throw new Error(`${asked} answered ${told.status}, ${why}: ${told.text.slice(0, 500)}`);
    };
    const isProblem = told.status >= 400;
    if (isProblem) assertProblem(told, fail);
    const methods = document.paths[templates.find(({ pattern }) => pattern.test(path))?.template ?? ""];
    const operation = methods?.[method === "HEAD" ? "get" : method.toLowerCase()];
    const listed = operation?.responses[told.status];
    if (operation === undefined || listed === undefined) {
      if (UNROUTED[told.status] === (told.body as { code?: string } | undefined)?.code) return;
      return fail(operation ? "which this operation does not list" : "and there is no such operation");
    }
    const response = listed.$ref ? document.components.responses[listed.$ref.split("/").at(-1) ?? ""] : listed;
    const promised = Object.keys(response?.headers ?? {}).map((name) => name.toLowerCase());
    const unlisted = MEANINGFUL.filter((name) => told.headers[name] !== undefined && !promised.includes(name));
    for (const name of unlisted) unlistedHeaders.add(`${operation.operationId} ${told.status} ${name}`);

    const type = (told.headers["content-type"] ?? "").split(";")[0] as string;
    if (told.text === "" && (method === "HEAD" || response?.content === undefined)) return;
    const content = response?.content?.[type];
    if (content === undefined) return fail(`with "${type}", which is not listed`);
    if (content.schema === undefined) return;
    const check = checkOf(`${operation.operationId} ${told.status} ${type}`, content.schema, !isProblem);
    if (!check(told.body)) fail(`not of the listed form (${ajv.errorsText(check.errors, { dataVar: "body" })})`);
  };
}

function assertProblem({ status, headers, body }: Told, fail: (why: string) => void): void {
  if (headers["content-type"] !== "application/problem+json") fail("which is no problem+json");
  const { code, status: said, requestId } = (body ?? {}) as Record<string, unknown>;
  if (said !== status) fail("but the problem says otherwise");
  if (!/^[a-z][a-z0-9_]*$/.test(String(code))) fail("without a stable code");
  if (requestId === undefined || requestId !== headers["x-request-id"]) fail("without the request's id");
}

/** The same schema, refusing what it does not name: a field that nobody listed may be one that nobody should see. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, closed(each)]));
  const open = "type" in value && value.type === "object" && "properties" in value;
  return open ? { additionalProperties: false, ...inner } : inner;
}
