// The document of the whole system, as generators of clients read it.
import { expect, test } from "@jest/globals";
import { Validator } from "@seriousme/openapi-schema-validator";
import { contracts } from "../contract/contracts.ts";
import { openApiDocument } from "../services/gateway/openapi/document.ts";
import { collectRoutes } from "../services/gateway/routes.ts";

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  $ref?: string;
  enum?: unknown[];
  pattern?: string;
}
interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
}
const document = JSON.parse(JSON.stringify(openApiDocument(collectRoutes(contracts)))) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};
const { schemas } = document.components;

/** Pointers to the object schemas in there that are written out. */
function inlineObjects(value: unknown, pointer = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { type, properties } = value as Schema;
  const own = type === "object" && Object.keys(properties ?? {}).length > 0 ? [pointer] : [];
  return [...own, ...Object.entries(value).flatMap(([key, inner]) => inlineObjects(inner, `${pointer}/${key}`))];
}

const references = (value: unknown): string[] =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => (key === "$ref" ? [String(inner)] : references(inner)));

test("it is valid OpenAPI 3.1", async () => {
  const { errors } = await new Validator().validate(structuredClone(document));

  expect(errors ?? []).toEqual([]);
});

test("no object is written out where it is used: each has a name, and lies under it alone", () => {
  expect(inlineObjects(document.paths)).toEqual([]);
  expect(inlineObjects(document.components).filter((pointer) => pointer.split("/").length > 3)).toEqual([]);
});

test("every name leads to a schema, and every schema is used", () => {
  const used = references(document).filter((reference) => reference.startsWith("#/components/schemas/"));
  const names = used.map((reference) => reference.split("/").at(-1) as string);

  expect([...new Set(names)].sort()).toEqual(Object.keys(schemas));
});

test("what the shop is about has its own names", () => {
  expect(Object.keys(schemas)).toEqual(
    expect.arrayContaining([
      ...["Order", "OrderPage", "OrderLine", "OrderStatus", "Money", "Address", "Product", "ProductPage", "Variant"],
      ...["User", "UserAddress", "StockLevel", "StockMovement", "Delivery", "SalesReport", "Tokens", "Problem"],
      ...["Currency", "CurrencyInput", "Country", "CountryInput", "Uuid", "Timestamp", "Sku", "Cursor"],
    ]),
  );
});

/** Texts in a schema that are free to hold NUL, by where they stand. */
function unboundTexts(schema: unknown, place: string): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { $ref, type, enum: values, pattern } = schema as Schema;
  if ($ref !== undefined) return unboundTexts(schemas[$ref.split("/").at(-1) as string], place);
  const free =
    type === "string" && values === undefined && (pattern === undefined || new RegExp(pattern, "u").test("a\0"));
  const inner = Object.entries(schema).flatMap(([key, each]) => unboundTexts(each, `${place}/${key}`));
  return free ? [place, ...inner] : inner;
}

test("no text of a request may hold NUL, which no database keeps, and the document says so", () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));

  const unbound = operations.flatMap(({ operationId, parameters = [], requestBody }) => [
    // HTTP itself has none in a header.
    ...parameters
      .filter((each) => each.in !== "header")
      .flatMap(({ name, schema }) => unboundTexts(schema, `${operationId} ${name}`)),
    ...Object.entries(requestBody?.content ?? {}).flatMap(([type, { schema }]) =>
      unboundTexts(schema, `${operationId} ${type}`),
    ),
  ]);

  expect(unbound).toEqual([]);
});
