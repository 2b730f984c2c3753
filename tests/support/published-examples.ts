// The examples and links of the published document as requests, made from the document alone as any client would make them.
import type { Answer } from "./http.ts";

interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  style?: string;
  example?: unknown;
}
interface Link {
  operationId: string;
  parameters?: Record<string, string>;
  requestBody?: Record<string, unknown>;
}
interface Described {
  operationId: string;
  security?: object[];
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: Record<string, { example?: unknown }> };
  responses: Record<string, { links?: Record<string, Link> }>;
}

export interface Operation extends Described {
  method: string;
  path: string;
  /** The operation whose answer leads here. */
  after?: { operationId: string; link: Link };
  /** The types that a body can have; one that is not there where there is no body. */
  types: (string | undefined)[];
}

export function operationsOf(paths: object): Operation[] {
  const described = Object.entries(paths as Record<string, Record<string, Described>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
  const links = described.flatMap(({ operationId, responses }) =>
    Object.values(responses).flatMap(({ links = {} }) => Object.values(links).map((link) => ({ operationId, link }))),
  );
  return described.map((operation) => {
    const after = links.find(({ link }) => link.operationId === operation.operationId);
    const types = Object.keys(operation.requestBody?.content ?? {});
    return { ...operation, ...(after && { after }), types: types.length === 0 ? [undefined] : types };
  });
}

export interface Sending {
  path: string;
  headers: Record<string, string>;
  body?: unknown;
}

/**
 * What the document says to send.
 * @param before the answer that a link takes values from
 * @throws Error for a parameter or a body that is required, and that neither an example nor a link gives
 */
export function sendingOf(operation: Operation, type: string | undefined, before?: Answer<unknown>): Sending {
  const { operationId, parameters = [], requestBody, after } = operation;
  let { path } = operation;
  const query: string[] = [];
  const headers: Record<string, string> = {};
  for (const { name, in: place, required, style, example } of parameters) {
    const linked = after?.link.parameters?.[`${place}.${name}`];
    const value = linked === undefined ? example : evaluate(linked, before);
    if (value === undefined) {
      if (required) throw new Error(`${operationId} has no example of ${name}`);
    } else if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(String(value)));
    else if (place === "header") headers[name.toLowerCase()] = String(value);
    else query.push(...written(name, style, value));
  }
  const search = query.length === 0 ? "" : `?${query.join("&")}`;
  if (type === undefined) return { path: path + search, headers };
  const linked = after?.link.requestBody;
  const body = linked ? resolve(linked, before) : requestBody?.content[type]?.example;
  if (body === undefined && requestBody?.required) throw new Error(`${operationId} has no example of a ${type} body`);
  return { path: path + search, headers, body };
}

/** As `style` writes it: `a,b` for form, `filter[x]=` for deepObject. */
function written(name: string, style: string | undefined, value: unknown): string[] {
  const encode = (each: unknown) => encodeURIComponent(String(each));
  if (style === "deepObject") {
    return Object.entries(value as object).map(([key, each]) => `${name}[${key}]=${encode(each)}`);
  }
  return [`${name}=${Array.isArray(value) ? value.map(encode).join(",") : encode(value)}`];
}

const resolve = (body: Record<string, unknown>, before?: Answer<unknown>): object =>
  Object.fromEntries(Object.entries(body).map(([key, each]) => [key, evaluate(each, before)]));

/** A runtime expression (OpenAPI 3.1, 4.8.20.4); anything else is itself. */
function evaluate(value: unknown, before?: Answer<unknown>): unknown {
  if (typeof value !== "string" || !value.startsWith("$response.")) return value;
  const header = /^\$response\.header\.(.+)$/.exec(value)?.[1];
  const found =
    header === undefined
      ? (value.split("#/")[1] ?? "").split("/").reduce((at, key) => (at as never)?.[key], before?.body)
      : before?.headers[header.toLowerCase()];
  if (found === undefined) throw new Error(`${value} is not in the answer ${before?.status} ${before?.text}`);
  return found;
}
