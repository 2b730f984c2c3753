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
}
const document = JSON.parse(JSON.stringify(openApiDocument(collectRoutes(contracts)))) as {
  paths: object;
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
