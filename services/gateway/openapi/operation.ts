// One operation of the document from one route.
import { Type } from "typebox";
import { objectOf } from "../../../contract/contract.ts";
import { AnyText } from "../../../contract/text.ts";
import type { OwnRoute } from "../own-routes.ts";
import { contentTypes } from "../request/content.ts";
import { bodyNeeded } from "../request/take-body.ts";
import { answersJson, type Route, takingOf } from "../route.ts";
import { type NamedSchemas, pascal } from "./named-schemas.ts";
import { parametersOf } from "./parameters.ts";
import { ownRefusals, type ProblemResponses, refusalsOf } from "./responses.ts";

/** What the operations of a document have in common. */
interface Shared {
  schemas: NamedSchemas;
  problems: ProblemResponses;
}

/**
 * @param path the template under which it is listed, whose parameter names count
 * @param links to the operations that go on from its success
 */
export function operationOf(route: Route, path: string, links: object, { schemas, problems }: Shared): object {
  const { action, service, contract, http } = route;
  const { access } = contract;
  const parameters = parametersOf(route, path, schemas);
  return {
    operationId: action,
    tags: [service],
    summary: http.summary,
    ...(access !== "public" && { security: [{ bearer: [] }] }),
    ...(access !== "public" && access !== "customer" && { description: `Needs the permission \`${access}\`.` }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.hasBody && bodyOf(route, schemas)),
    responses: { ...successes(route, links, schemas), ...problems.of(refusalsOf(route)) },
  };
}

/** An operation that the gateway answers itself. */
export function ownOperation(own: OwnRoute, { schemas, problems }: Shared): object {
  const { operationId, summary, answers, refusals } = own;
  const schema = answers.schema && schemas.place(answers.schema, `${pascal(operationId)}Result`);
  return {
    operationId,
    tags: ["gateway"],
    summary,
    responses: {
      200: {
        description: summary,
        ...(answers.etag && { headers: { ETag: text("Changes with the content") } }),
        content: {
          [answers.type]: schema === undefined ? {} : { schema },
          ...(answers.page && { "text/html": {} }),
        },
      },
      ...(answers.etag && { 304: { description: "Not changed since" } }),
      ...problems.of(ownRefusals(refusals ?? [])),
    },
  };
}

const text = (description: string) => ({ description, schema: { type: "string" } });

function bodyOf(route: Route, schemas: NamedSchemas): object {
  const { action, contract, http, bodyParams } = route;
  const taking = takingOf(http);
  if (Object.keys(bodyParams).length === 0 && taking.as === "json") return {};
  const json = taking.as === "raw" ? UNPARSED : objectOf(bodyParams, contract.exactlyOne);
  const contentOf = (type: string): object => {
    // Bytes have no schema in OpenAPI 3.1: their media type says all.
    if (taking.as === "stream") return {};
    const example = exampleOf(route, type);
    const schema = type === "text/csv" ? CSV : schemas.place(json, `${pascal(action)}Request`);
    return { schema, ...(example !== undefined && { example }) };
  };
  const content = contentTypes(route).map((type) => [type, contentOf(type)]);
  return { requestBody: { required: bodyNeeded(route), content: Object.fromEntries(content) } };
}

// What a text cannot hold, its encoding is not: NUL tells of another one.
const CSV = AnyText({ minLength: 1 });
const UNPARSED = Type.Object(
  {},
  { description: "Taken as the bytes that came, and not parsed before their signature holds" },
);

/** Of the body; one that needs what exists only at run time stands in a link. */
function exampleOf({ http, bodyParams }: Route, type: string): unknown {
  const { example, follows } = http;
  const taking = takingOf(http);
  if (example === undefined) return undefined;
  if (taking.as === "csv" && type === "text/csv") return example[taking.into];
  if (taking.as === "raw") return JSON.parse(String(example[taking.into]));
  if (Object.keys(follows?.with ?? {}).some((param) => Object.hasOwn(bodyParams, param))) return undefined;
  return Object.fromEntries(Object.entries(example).filter(([param]) => Object.hasOwn(bodyParams, param)));
}

function successes({ action, contract, http }: Route, links: object, schemas: NamedSchemas): Record<string, object> {
  const headers = {
    ...((http.etag || http.publicMaxAge !== undefined) && { ETag: text("The version of what is answered") }),
    ...(http.location && { Location: text("Where the new resource lies") }),
    ...(http.idempotencyKey && { "Idempotent-Replayed": text("`true` where the first request's answer is repeated") }),
    ...(http.preferAsync && { "Preference-Applied": text("`respond-async` where it was asked for") }),
  };
  const schema = () => schemas.place(http.body ?? contract.result, `${pascal(action)}Result`);
  const content = () =>
    http.streams
      ? Object.fromEntries(http.streams.map((type) => [type, {}]))
      : { "application/json": { schema: schema() } };
  const first = http.streams || answersJson(http) ? [http.status ?? 200] : [];
  const statuses = [...first, ...(http.alsoAnswers ?? [])].map((status): [number, object] => [
    status,
    {
      description: SUCCESS[status],
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(status !== 204 && { content: content() }),
      ...(Object.keys(links).length > 0 && { links }),
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
