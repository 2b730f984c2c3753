// Where an operation is given its parameters besides its body: path, query and headers.
import { type TSchema, Type } from "typebox";
import { itemsOf, propertiesOf } from "../request/coerce.ts";
import { namesIn, type Route } from "../route.ts";
import { type NamedSchemas, pascal } from "./named-schemas.ts";

// What HTTP itself drops around a value, blanks, is no part of one.
const Key = Type.String({ pattern: "^[!-~](?:[ -~]{0,253}[!-~])?$", title: "IdempotencyKey" });
const TAG = '(?:W/)?"[!#-~]*"';
const EntityTags = Type.String({ pattern: `^(?:[*]|${TAG}(?:[ \\t]*,[ \\t]*${TAG})*)$`, title: "EntityTags" });
const Text = Type.String();

interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description?: string;
  style?: string;
  explode?: boolean;
  schema: object;
  example?: unknown;
}

/** @param path the template under which it is listed, whose parameter names count */
export function parametersOf(route: Route, path: string, schemas: NamedSchemas): Parameter[] {
  const { action, contract, http, pathParams, queryParams } = route;
  const { example = {} } = http;
  const names = namesIn(path);
  const schemaOf = (name: string, schema: TSchema) => schemas.place(schema, pascal(`${action}.${name}`));
  const place = (param: string, schema: TSchema) => ({
    schema: schemaOf(param, schema),
    ...(example[param] !== undefined && { example: example[param] }),
  });
  const inPath = pathParams.map((param, i) => ({
    name: names[i] as string,
    in: "path" as const,
    required: true,
    ...place(param, contract.params[param] as TSchema),
  }));
  const inQuery = Object.entries(queryParams).map(([name, schema]) => ({
    name,
    in: "query" as const,
    required: requiredIn(queryParams).includes(name),
    ...styleOf(schema),
    ...place(name, schema),
  }));
  return [
    ...inPath,
    ...inQuery,
    ...headersOf(route).map((header) => ({ ...header, schema: schemaOf(header.name, header.schema) })),
  ];
}

interface Header extends Omit<Parameter, "schema"> {
  schema: TSchema;
}

function headersOf({ action, contract, http }: Route): Header[] {
  const header = (name: string, required: boolean, schema: TSchema, more: Partial<Parameter> = {}): Header => ({
    name,
    in: "header",
    required,
    schema,
    ...more,
  });
  const headers: Header[] = [];
  if (http.idempotencyKey) {
    const description = "The same key never takes effect twice";
    headers.push(
      header("Idempotency-Key", http.idempotencyKey === "required", Key, {
        description,
        example: `my-first-${action}`,
      }),
    );
  }
  if (http.ifMatch) {
    const description = 'The ETag of the version that is edited, e.g. `"3"`';
    headers.push(header("If-Match", true, EntityTags, { description }));
  }
  if (http.preferAsync) {
    const description = "`respond-async` answers without waiting for the outcome";
    headers.push(header("Prefer", false, Text, { description }));
  }
  for (const [param, name] of Object.entries(http.headers ?? {})) {
    // OpenAPI lists it by the types of the body, and ignores it here.
    if (name.toLowerCase() === "content-type") continue;
    headers.push(header(name, requiredIn(contract.params).includes(param), contract.params[param] as TSchema));
  }
  if (http.publicMaxAge !== undefined) {
    headers.push(header("If-None-Match", false, Text, { description: "An ETag; 304 where it still holds" }));
  }
  return headers;
}

const styleOf = (schema: TSchema) => ({
  ...(itemsOf(schema) && { style: "form", explode: false }),
  ...(propertiesOf(schema) && { style: "deepObject", explode: true }),
});

const requiredIn = (params: Readonly<Record<string, TSchema>>): string[] =>
  (Type.Object({ ...params }) as { required?: string[] }).required ?? [];
