// One operation of the document from one route.
import { type TSchema, Type } from "typebox";
import type { OwnRoute } from "../own-routes.ts";
import { propertiesOf } from "../request/coerce.ts";
import { contentTypes } from "../request/content.ts";
import { bodyNeeded } from "../request/take-body.ts";
import { answersJson, namesIn, type Route, takingOf } from "../route.ts";
import { type Described, ownRefusals, refusalResponses, refusalsOf } from "./responses.ts";

/** @param path the template under which it is listed, whose parameter names count */
export function operationOf(route: Route, path: string): Described {
  const { action, service, contract, http } = route;
  const { access } = contract;
  const parameters = parametersOf(route, namesIn(path));
  return {
    operationId: action,
    tags: [service],
    summary: http.summary,
    ...(access !== "public" && { security: [{ bearer: [] }] }),
    ...(access !== "public" && access !== "customer" && { description: `Needs the permission \`${access}\`.` }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.hasBody && bodyOf(route)),
    responses: { ...successes(route), ...refusalResponses(refusalsOf(route)) },
  };
}

/** An operation that the gateway answers itself. */
export function ownOperation({ operationId, summary, answers, refusals }: OwnRoute): Described {
  return {
    operationId,
    tags: ["gateway"],
    summary,
    responses: {
      200: {
        description: summary,
        ...(answers.etag && { headers: { ETag: text("Changes with the content") } }),
        content: {
          [answers.type]: answers.schema === undefined ? {} : { schema: answers.schema },
          ...(answers.page && { "text/html": {} }),
        },
      },
      ...(answers.etag && { 304: { description: "Not changed since" } }),
      ...refusalResponses(ownRefusals(refusals ?? [])),
    },
  };
}

const text = (description: string) => ({ description, schema: { type: "string" } });
const header = (name: string, required: boolean, description: string) => ({
  name,
  in: "header",
  required,
  ...text(description),
});

function parametersOf({ contract, http, pathParams, queryParams }: Route, names: readonly string[]): object[] {
  const inPath = pathParams.map((param, i) => ({
    name: names[i],
    in: "path",
    required: true,
    schema: contract.params[param],
  }));
  const inQuery = Object.entries(queryParams).map(([name, schema]) => queryParameter(name, schema, queryParams));
  return [
    ...inPath,
    ...inQuery,
    ...(http.idempotencyKey
      ? [header("Idempotency-Key", http.idempotencyKey === "required", "The same key never takes effect twice")]
      : []),
    ...(http.ifMatch ? [header("If-Match", true, 'The ETag of the version that is edited, e.g. `"3"`')] : []),
    ...(http.preferAsync ? [header("Prefer", false, "`respond-async` answers without waiting for the outcome")] : []),
    ...Object.entries(http.headers ?? {})
      // OpenAPI lists it by the types of the body, and ignores it here.
      .filter(([, name]) => name.toLowerCase() !== "content-type")
      .map(([param, name]) => ({
        name,
        in: "header",
        required: required(contract.params).includes(param),
        schema: contract.params[param],
      })),
    ...(http.publicMaxAge === undefined ? [] : [header("If-None-Match", false, "An ETag; 304 where it still holds")]),
  ];
}

function queryParameter(name: string, schema: TSchema, all: Readonly<Record<string, TSchema>>): object {
  const list = (schema as { type?: string }).type === "array";
  return {
    name,
    in: "query",
    required: required(all).includes(name),
    ...(list && { style: "form", explode: false }),
    ...(propertiesOf(schema) && { style: "deepObject", explode: true }),
    schema,
  };
}

const required = (params: Readonly<Record<string, TSchema>>): string[] =>
  (Type.Object({ ...params }) as { required?: string[] }).required ?? [];

function bodyOf(route: Route): object {
  const taking = takingOf(route.http);
  if (Object.keys(route.bodyParams).length === 0 && taking.as === "json") return {};
  const json =
    taking.as === "raw"
      ? Type.Object({}, { description: "Taken as the bytes that came, and not parsed before their signature holds" })
      : Type.Object({ ...route.bodyParams }, { additionalProperties: false });
  const contentOf = (type: string): object => {
    // Bytes have no schema in OpenAPI 3.1: their media type says all.
    if (taking.as === "stream") return {};
    return { schema: type === "text/csv" ? { type: "string" } : json };
  };
  const content = contentTypes(route).map((type) => [type, contentOf(type)]);
  return { requestBody: { required: bodyNeeded(route), content: Object.fromEntries(content) } };
}

function successes({ contract, http }: Route): Record<string, object> {
  const headers = {
    ...((http.etag || http.publicMaxAge !== undefined) && { ETag: text("The version of what is answered") }),
    ...(http.location && { Location: text("Where the new resource lies") }),
    ...(http.idempotencyKey && { "Idempotent-Replayed": text("`true` where the first request's answer is repeated") }),
    ...(http.preferAsync && { "Preference-Applied": text("`respond-async` where it was asked for") }),
  };
  const content = http.streams
    ? Object.fromEntries(http.streams.map((type) => [type, {}]))
    : { "application/json": { schema: http.body ?? contract.result } };
  const first = http.streams || answersJson(http) ? [http.status ?? 200] : [];
  const statuses = [...first, ...(http.alsoAnswers ?? [])].map((status): [number, object] => [
    status,
    {
      description: SUCCESS[status],
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(status !== 204 && { content }),
    },
  ]);
  if (http.publicMaxAge !== undefined) statuses.push([304, { description: "Not changed since" }]);
  if (http.redirects) {
    statuses.push([http.redirects, { description: "It lies elsewhere", headers: { Location: text("Where") } }]);
  }
  return Object.fromEntries(statuses);
}

const SUCCESS: Readonly<Record<number, string>> = {
  200: "Done",
  201: "Created",
  202: "Accepted; the outcome is still open",
  204: "Done; there is nothing to say",
  206: "The part that was asked for",
};
