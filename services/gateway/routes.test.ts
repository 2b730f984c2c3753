import { describe, expect, test } from "@jest/globals";
import { Type } from "typebox";
import type { ActionContract, ServiceContract } from "../../contract/contract.ts";
import { internalTo } from "../../contract/contract.ts";
import { Idempotency } from "../../contract/fields.ts";
import { collectRoutes } from "./routes.ts";
import { mugs } from "./testing/mug-shop.ts";

const lamp = (action: Record<string, unknown>): Record<string, ServiceContract> => ({
  lamps: {
    name: "lamps",
    domain: "catalog",
    errors: {},
    events: {},
    actions: {
      light: {
        access: "public",
        params: {},
        result: Type.Null(),
        http: { method: "GET", path: "/v1/lamps", summary: "" },
        ...action,
      } as ActionContract,
    },
  },
});

const starting = (action: Record<string, unknown>) => () => collectRoutes(lamp(action));
const http = (more: object) => ({ http: { method: "GET", path: "/v1/lamps", summary: "", ...more } });

describe("the start is refused", () => {
  test("without a word on who may call", () => {
    expect(starting({ access: undefined })).toThrow(/lamps\.light \(GET \/v1\/lamps\) does not say who may call it/);
  });
  test("for an internal action on a route", () => {
    expect(starting({ access: internalTo("orders") })).toThrow(
      /is for other services, and must not be reached over HTTP/,
    );
  });
  test("for a permission that nobody can have", () => {
    expect(starting({ access: "lamps:lihgt" })).toThrow(/lamps:lihgt/);
  });
  test("for a route that looks at no token, and is not for anyone", () => {
    expect(starting({ access: "customer", ...http({ anonymous: true }) })).toThrow(
      /looks? at tokens, but is not for anyone/,
    );
    expect(starting(http({ anonymous: true }))).not.toThrow();
  });
  test("for a path parameter that is no parameter", () => {
    expect(starting(http({ path: "/v1/lamps/{id}" }))).toThrow(/\{id\} in its path, which is no parameter/);
  });
  test("for an example of something that is no parameter", () => {
    const follows = { action: "lamps.light", with: { id: "$response.body#/id" } };

    expect(starting(http({ example: { size: 3 } }))).toThrow(/has an example of size, which is no parameter/);
    expect(starting(http({ follows }))).toThrow(/has an example of id, which is no parameter/);
  });
  test("for a header without a parameter to fill", () => {
    expect(starting(http({ method: "POST", idempotencyKey: "required" }))).toThrow(/no parameter idempotency/);
    expect(starting(http({ method: "POST", ifMatch: true }))).toThrow(/no parameter ifVersion/);
    expect(starting(http({ headers: { proof: "Lamp-Proof" } }))).toThrow(
      /takes Lamp-Proof, but has no parameter proof/,
    );
  });
  test("for a list where the document cannot say how it is written", () => {
    const skus = Type.Array(Type.String());

    expect(starting({ params: { skus }, ...http({ path: "/v1/lamps/{skus}" }) })).toThrow(/has a list in \{skus\}/);
    expect(starting({ params: { filter: Type.Object({ skus }) } })).toThrow(/has a list in filter\[skus\]/);
    expect(starting({ params: { skus } })).not.toThrow();
  });
  test("for a body that is taken both whole and apart", () => {
    const params = { all: Type.String(), part: Type.String() };

    expect(starting({ params, ...http({ method: "POST", takes: { as: "raw", into: "all" } }) })).toThrow(
      /its body unparsed/,
    );
    expect(starting({ params: { all: Type.String() }, ...http({ takes: { as: "raw", into: "all" } }) })).toThrow(
      /has no body/,
    );
  });
  test("for a parameter of the query that is none, or needs no word because all are", () => {
    const params = { all: Type.String() };
    const takes = { as: "stream", types: ["image/png"] };

    expect(starting({ params, ...http({ method: "POST", query: ["al"] }) })).toThrow(/takes al from the query/);
    expect(starting({ params, ...http({ method: "POST", query: ["all"], headers: { all: "All" } }) })).toThrow(
      /takes all from the query/,
    );
    expect(starting({ params, ...http({ query: ["all"] }) })).toThrow(/all of them come from it/);
    expect(starting({ params, ...http({ method: "PUT", takes, query: ["all"] }) })).toThrow(/all of them come from it/);
    expect(starting({ params, ...http({ method: "POST", query: ["all"] }) })).not.toThrow();
  });
  test("for a stream that is taken from no body, of no type, or with a key that stands for what was not read", () => {
    const takes = { as: "stream", types: ["image/png"] };
    const params = { idempotency: Idempotency };

    expect(starting(http({ takes }))).toThrow(/has no body/);
    expect(starting(http({ method: "PUT", takes: { ...takes, types: [] } }))).toThrow(/takes a body of no type/);
    expect(starting(http({ method: "PUT", takes: { ...takes, types: ["Image/*"] } }))).toThrow(/no media type/);
    expect(starting({ params, ...http({ method: "PUT", takes, idempotencyKey: "optional" }) })).toThrow(
      /takes an Idempotency-Key, but does not read the body/,
    );
  });
  test("for a stream or a redirect that nothing answers with", () => {
    expect(starting(http({ streams: ["image/png"] }))).toThrow(/has no `answer` for it/);
    expect(starting(http({ redirects: 303 }))).toThrow(/has no `answer` for it/);
  });
  test("for promises about JSON where none is answered", () => {
    const answer = () => ({ status: 200 });

    expect(starting(http({ answer, streams: ["image/png"], etag: true }))).toThrow(/answers no JSON/);
    expect(starting(http({ answer, redirects: 302, publicMaxAge: 5 }))).toThrow(/answers no JSON/);
    expect(starting(http({ answer, redirects: 302, status: 200, publicMaxAge: 5 }))).not.toThrow();
    expect(starting(http({ answer, streams: ["image/png"], status: 201 }))).toThrow(/streams with status 201/);
    expect(starting(http({ answer, streams: [] }))).toThrow(/streams a body of no type/);
  });
  test("for a stream that is to be remembered", () => {
    const streams = http({ answer: () => ({ status: 200 }), streams: ["image/png"] });

    expect(starting({ cache: { ttl: 5, keys: [] }, ...streams })).toThrow(/a stream can be sent only once/);
  });
  test("for public caching of what is not public", () => {
    expect(starting({ access: "customer", ...http({ publicMaxAge: 5 }) })).toThrow(/only a public GET/);
  });
  test("for a refusal that is not declared", () => {
    expect(starting({ refusals: ["lamp_broken"] })).toThrow(/lamp_broken/);
  });
  test("for two bindings on one method and path, whatever the parameter is called", () => {
    const { lamps } = lamp({ params: { id: Type.String() }, ...http({ path: "/v1/lamps/{id}" }) });
    const { lamps: shades } = lamp({ params: { slug: Type.String() }, ...http({ path: "/v1/lamps/{slug}" }) });
    const both = { lamps, shades: { ...shades, name: "shades" } } as Record<string, ServiceContract>;

    expect(() => collectRoutes(both)).toThrow(/lamps\.light and shades\.light both claim GET \/v1\/lamps\/\{slug\}/);
  });
  test("for a path that the gateway serves itself", () => {
    expect(starting(http({ path: "/openapi.json" }))).toThrow(/gateway\.openapi and lamps\.light both claim/);
  });
  test("with all faults named at once", () => {
    expect(starting({ access: internalTo(), ...http({ path: "/v1/{a}/{b}" }) })).toThrow(
      /other services.*\{a\}.*\{b\}/,
    );
  });
});

test("every binding is a route, and nothing else is", () => {
  const routes = collectRoutes({ mugs });

  expect(routes.map(({ action }) => action)).toEqual(
    ["search", "get", "featured", "create", "edit", "remove", "import", "order", "drop", "hear"].map(
      (name) => `mugs.${name}`,
    ),
  );
});
