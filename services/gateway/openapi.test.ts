import { describe, expect, test } from "@jest/globals";
import { Validator } from "@seriousme/openapi-schema-validator";
import { type TSchema, Type } from "typebox";
import type { ActionContract, ServiceContract } from "../../contract/contract.ts";
import { CheckedLater, MoneySchema } from "../../contract/fields.ts";
import { openApiDocument } from "./openapi/document.ts";
import { collectRoutes } from "./routes.ts";
import { contracts, openShop } from "./testing/start-shop.ts";

// biome-ignore lint/suspicious/noExplicitAny: the document is read as any client would read it
const plain = (made: object): any => JSON.parse(JSON.stringify(made));
const document = plain(openApiDocument(collectRoutes(contracts)));
interface Reference {
  $ref: string;
}
const schemaOf = ({ $ref }: Reference) => document.components.schemas[$ref.split("/").at(-1) as string];
const codesOf = (path: string, method: string, status: number) => {
  const response = document.paths[path][method].responses[status];
  const { content } = response.$ref ? document.components.responses[response.$ref.split("/").at(-1)] : response;
  const { schema } = content["application/problem+json"];
  return (schema.oneOf ?? [schema]).map((each: Reference) => schemaOf(each).allOf[1].properties.code.enum[0]);
};

test("the document is valid OpenAPI 3.1", async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));

  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(document.openapi).toMatch(/^3\.1\./);
});

test("it lists exactly the routes there are", async () => {
  await using shop = await openShop();
  const served = shop.gateway.aliases.map(({ method, fullPath }) => `${method} ${fullPath.replace(/:\w+/g, ":")}`);
  const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, ":")}`),
  );

  // The page's own files are the one thing that is served and not listed.
  expect([...listed, "GET /docs/:"].sort()).toEqual(served.sort());
});

test("a path is listed once, whatever its routes call its parameter", () => {
  expect(Object.keys(document.paths["/v1/mugs/{id}"])).toEqual(["get", "patch", "delete"]);
  expect(document.paths["/v1/mugs/{id}"].delete.parameters[0]).toMatchObject({ name: "id", in: "path" });
  expect(document.paths).not.toHaveProperty("/v1/mugs/{mugId}");
});

describe("an operation", () => {
  test("is named after its action", () => {
    expect(document.paths["/v1/mugs"].get).toMatchObject({
      operationId: "mugs.search",
      tags: ["mugs"],
      summary: "Search",
    });
  });
  test("says who may call it", () => {
    expect(document.paths["/v1/mugs"].get.security).toBeUndefined();
    expect(document.paths["/v1/mugs"].post).toMatchObject({
      security: [{ bearer: [] }],
      description: expect.stringContaining("catalog:write"),
    });
    expect(codesOf("/v1/mugs", "post", 403)).toEqual(["forbidden"]);
    expect(document.paths["/v1/mug-orders"].post.responses).not.toHaveProperty("403");
  });
  test("has its parameters where they are read", () => {
    const byName = (path: string, method: string) =>
      Object.fromEntries(document.paths[path][method].parameters.map((each: { name: string }) => [each.name, each]));

    expect(byName("/v1/mugs", "get")).toMatchObject({
      skus: { in: "query", required: false, style: "form", explode: false },
      filter: { in: "query", style: "deepObject", explode: true },
    });
    expect(byName("/v1/mugs/{id}", "patch")).toMatchObject({
      id: { in: "path", required: true },
      "If-Match": { in: "header", required: true },
    });
    expect(byName("/v1/mug-orders", "post")).toMatchObject({
      "Idempotency-Key": { required: false },
      Prefer: { required: false },
    });
    expect(JSON.stringify(document)).not.toMatch(/fingerprint|ifVersion|"soon"/);
  });
  test("has the body that is read", () => {
    const { content, required } = document.paths["/v1/mugs/{id}"].patch.requestBody;

    expect(required).toBe(true);
    expect(Object.keys(content)).toEqual(["application/json", "application/merge-patch+json"]);
    expect(content["application/json"].schema).toEqual({ $ref: "#/components/schemas/MugsEditRequest" });
    expect(schemaOf(content["application/json"].schema)).toMatchObject({
      required: ["title"],
      additionalProperties: false,
    });
    const { parameters, requestBody: list } = document.paths["/v1/mug-imports"].post;
    expect(Object.keys(list.content)).toContain("text/csv");
    expect(parameters).toEqual([{ name: "rehearsal", in: "query", required: false, schema: { type: "boolean" } }]);
    expect(Object.keys(schemaOf(list.content["application/json"].schema).properties)).toEqual(["items"]);
  });
  test("has a body that is taken as it came, and the headers that are parameters", () => {
    const { parameters, requestBody } = document.paths["/v1/mug-kilns/{kiln}"].post;

    expect(parameters).toEqual([
      expect.objectContaining({ name: "kiln", in: "path" }),
      {
        name: "Kiln-Signature",
        in: "header",
        required: false,
        schema: { type: "string", maxLength: 200, description: "Proof of the sender" },
      },
    ]);
    expect(requestBody).toEqual({
      required: true,
      content: { "application/json": { schema: expect.objectContaining({ type: "object" }) } },
    });
    expect(requestBody.content["application/json"].schema).not.toHaveProperty("additionalProperties");
  });
  test("has every success, with its headers", () => {
    expect(Object.keys(document.paths["/v1/mugs"].post.responses["201"].headers)).toEqual([
      "Location",
      "Idempotent-Replayed",
    ]);
    expect(document.paths["/v1/mug-orders"].post.responses).toMatchObject({ 201: {}, 202: {} });
    expect(document.paths["/v1/mugs/{id}"].get.responses["200"].headers).toHaveProperty("ETag");
    expect(document.paths["/v1/mugs/{id}"].get.responses).toHaveProperty("304");
    expect(document.paths["/v1/mugs/{id}"].delete.responses["204"]).not.toHaveProperty("content");
  });
  test("has a stream by its types, and its parameters in the query", () => {
    const { parameters, requestBody } = document.paths["/v1/mug-pictures/{id}"].put;

    expect(requestBody).toEqual({ required: true, content: { "image/png": {}, "image/jpeg": {} } });
    expect(parameters.map((each: { name: string; in: string }) => `${each.in} ${each.name}`)).toEqual([
      "path id",
      "query slowly",
      "query unread",
      "query badly",
    ]);
    expect(codesOf("/v1/mug-pictures/{id}", "put", 400)).toEqual(["validation_failed"]);
    expect(codesOf("/v1/mug-pictures/{id}", "put", 413)).toEqual(["payload_too_large"]);
    expect(document.paths["/v1/mug-prints"].get.responses).toMatchObject({
      200: { content: { "image/png": {}, "text/plain": {} } },
      206: { content: { "image/png": {}, "text/plain": {} } },
    });
  });
  test("has its redirect, and no other success where there is none", () => {
    const { responses } = document.paths["/v1/mug-links"].get;

    expect(responses["302"].headers).toHaveProperty("Location");
    expect(responses["302"]).not.toHaveProperty("content");
    expect(responses).not.toHaveProperty("200");
  });
  test("has every refusal that can come, by status", () => {
    expect(codesOf("/v1/mugs", "get", 400)).toEqual(["validation_failed"]);
    expect(codesOf("/v1/mugs", "get", 422)).toEqual(["invalid_cursor"]);
    expect(codesOf("/v1/mugs", "post", 400)).toEqual([
      "validation_failed",
      "malformed_json",
      "idempotency_key_missing",
    ]);
    expect(codesOf("/v1/mugs/{id}", "patch", 412)).toEqual(["mug_changed"]);
    expect(codesOf("/v1/mugs/{id}", "patch", 428)).toEqual(["precondition_required"]);
    expect(codesOf("/v1/mug-drops", "post", 429)).toEqual(["rate_limited", "too_many_mugs"]);
    expect(codesOf("/v1/mugs", "get", 429)).toEqual(["rate_limited"]);
    expect(codesOf("/v1/mugs", "get", 401)).toEqual(["token_invalid", "token_expired"]);
    expect(codesOf("/v1/mugs", "get", 503)).toEqual(["service_unavailable", "overloaded"]);
    expect(Object.keys(document.paths["/v1/mugs"].get.responses)).toEqual([
      ...["200", "400", "401", "422", "429", "500", "503", "504"],
    ]);
    expect(Object.keys(document.paths["/v1/mug-orders"].post.responses)).toEqual([
      "201",
      "202",
      "400",
      "401",
      "413",
      "415",
      "429",
      "500",
      "503",
      "504",
    ]);
  });
});

describe("a schema", () => {
  const lamp = (params: Record<string, TSchema>, result: TSchema): ServiceContract => ({
    name: "lamps",
    domain: "catalog",
    errors: {},
    events: {},
    actions: {
      light: { access: "public", params, result, http: { method: "POST", path: "/v1/lamps", summary: "Light" } },
    },
  });
  const documentOf = (...services: ServiceContract[]) =>
    plain(openApiDocument(collectRoutes(Object.fromEntries(services.map((each) => [each.name, each])))));

  test("is named by its title, and everywhere a reference to the one of this name", () => {
    const reference = { $ref: "#/components/schemas/Money" };
    const { schemas } = documentOf(lamp({ price: MoneySchema }, Type.Array(MoneySchema))).components;

    expect(schemas.LampsLightRequest.properties.price).toEqual(reference);
    expect(schemas.Money.required).toEqual(["amount", "currency"]);
  });
  test("without a title is named after where it lies, by the operation and the properties", () => {
    const bulbs = Type.Array(Type.Object({ socket: Type.Object({ size: Type.Integer() }) }));
    const { schemas } = documentOf(lamp({ bulbs }, Type.Object({ lit: Type.Boolean() }))).components;

    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining([
        ...["LampsLightRequest", "LampsLightRequestBulb", "LampsLightRequestBulbSocket", "LampsLightResult"],
      ]),
    );
  });
  test("may be published as what it should be, where its check is somebody else's", () => {
    const bulb = Type.Object({ watts: Type.Integer() }, { title: "Bulb" });
    const { schemas } = documentOf(lamp({ bulbs: Type.Array(CheckedLater(bulb)) }, Type.Null())).components;

    expect(schemas.LampsLightRequest.properties.bulbs.items).toEqual({ $ref: "#/components/schemas/Bulb" });
  });
  test("of parameters of which exactly one comes says so", () => {
    const contract = lamp({ watts: Type.Optional(Type.Integer()), lumens: Type.Optional(Type.Integer()) }, Type.Null());
    const light = { ...(contract.actions.light as ActionContract), exactlyOne: ["watts", "lumens"] };
    const { schemas } = documentOf({ ...contract, actions: { light } }).components;

    expect(schemas.LampsLightRequest.oneOf).toEqual([{ required: ["watts"] }, { required: ["lumens"] }]);
  });
  test("never shares its name with a different one", () => {
    const other = Type.Object({ pence: Type.Integer() }, { title: "Money" });

    expect(() => documentOf(lamp({ price: MoneySchema, cost: other }, Type.Null()))).toThrow(
      /Two different schemas are called Money/,
    );
  });
  test("of a refusal is its code's: a code with two meanings is refused", () => {
    const dark = (message: string): ServiceContract => {
      const contract = lamp({}, Type.Null());
      const light = { ...(contract.actions.light as ActionContract), refusals: ["dark"] };
      return { ...contract, errors: { dark: { status: 409, message } }, actions: { light } };
    };
    const elsewhere = dark("It is night");
    elsewhere.name = "torches";
    elsewhere.actions.light!.http!.path = "/v1/torches";

    expect(() => documentOf(dark("The bulb is broken"), elsewhere)).toThrow(/called DarkProblem/);
  });
});

test("an example stands where its parameters are, and a link leads to what its answer knows first", () => {
  const result = Type.Object({ id: Type.String() });
  const params = { id: Type.String(), brightly: Type.Boolean(), ifVersion: Type.Integer() };
  const follows = {
    action: "lamps.make",
    with: { id: "$response.body#/id", ifVersion: "$response.header.ETag" },
  } as const;
  const common = { access: "public", result } as const;
  const { paths } = plain(
    openApiDocument(
      collectRoutes({
        lamps: {
          ...{ name: "lamps", domain: "catalog", errors: {}, events: {} },
          actions: {
            make: {
              ...{ ...common, params: { colour: Type.String() } },
              http: { method: "POST", path: "/v1/lamps", summary: "Make", status: 201, example: { colour: "blue" } },
            },
            light: {
              ...{ ...common, params },
              http: {
                ...{ method: "PUT", path: "/v1/lamps/{id}", summary: "Light", ifMatch: true },
                ...{ example: { brightly: true }, follows },
              },
            },
          },
        },
      }),
    ),
  );

  expect(paths["/v1/lamps"].post.requestBody.content["application/json"].example).toEqual({ colour: "blue" });
  expect(paths["/v1/lamps"].post.responses[201].links).toEqual({
    LampsLight: {
      operationId: "lamps.light",
      parameters: { "path.id": "$response.body#/id", "header.If-Match": "$response.header.ETag" },
    },
  });
  expect(paths["/v1/lamps/{id}"].put.requestBody.content["application/json"].example).toEqual({ brightly: true });
});

test("it is served with a strong ETag, and a page that shows it from local files", async () => {
  await using shop = await openShop();

  const served = await shop.ask("GET", "/openapi.json");
  expect(served.json).toEqual(document);
  const again = await shop.ask("GET", "/openapi.json", { headers: { "if-none-match": served.headers.etag as string } });
  expect(again).toMatchObject({ status: 304, text: "" });

  const page = await shop.ask("GET", "/docs");
  expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(page.headers["content-security-policy"]).toContain("script-src 'self';");
  expect(page.text).not.toMatch(/<script>|https?:\/\//);
  const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((found) => found[1] as string);
  expect(files.length).toBeGreaterThan(2);
  for (const file of files) expect((await shop.ask("GET", file)).status).toBe(200);
  expect((await shop.ask("GET", "/docs/init.js")).text).toContain('url: "/openapi.json"');
});

test.each(["..%2F..%2Fpackage.json", "package.json", "__proto__", "constructor", "serve-docs.ts"])(
  "the page's files are those of a list: %s is not one",
  async (name) => {
    await using shop = await openShop();

    expect((await shop.ask("GET", `/docs/${name}`)).status).toBe(404);
  },
);
