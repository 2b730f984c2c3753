import { describe, expect, test } from "@jest/globals";
import { type TSchema, Type } from "typebox";
import { contracts } from "../contracts.ts";
import { eventsOf, type PublishedEvent } from "./event-catalogue.ts";
import { findIncompatibilities } from "./event-compatibility.ts";

const topic = "commerce.mugs.v1";
const event = (schema: object, name = "mugs.sold"): PublishedEvent => ({ topic, name, schema });
const between = (before: object, after: object) => findIncompatibilities([event(before)], [event(after)]);
const holding = (properties: Record<string, TSchema>) => Type.Object(properties);
const sku = Type.String();

describe("what may change", () => {
  test("nothing", () => {
    expect(between(holding({ sku }), holding({ sku }))).toEqual([]);
  });
  test("there is a new event, on a new topic too", () => {
    const more = [event(holding({ sku })), { ...event(holding({}), "cups.sold"), topic: "commerce.cups.v1" }];

    expect(findIncompatibilities([event(holding({ sku }))], more)).toEqual([]);
  });
  test.each<[string, TSchema, TSchema]>([
    ["the data", holding({ sku }), holding({ sku, note: Type.Optional(sku) })],
    ["an object in it", holding({ mug: holding({}) }), holding({ mug: holding({ note: Type.Optional(sku) }) })],
    [
      "an object that says it is open",
      Type.Object({}, { additionalProperties: false }),
      Type.Object({ note: Type.Optional(sku) }, { additionalProperties: true }),
    ],
    [
      "an object of a list",
      holding({ mugs: Type.Array(holding({})) }),
      holding({ mugs: Type.Array(holding({ note: Type.Optional(sku) })) }),
    ],
    [
      "one of several forms",
      holding({ mug: Type.Union([holding({ sku }), Type.Null()]) }),
      holding({ mug: Type.Union([holding({ sku, note: Type.Optional(sku) }), Type.Null()]) }),
    ],
    [
      "one of several parts",
      holding({ mug: Type.Intersect([holding({ sku }), holding({})]) }),
      holding({ mug: Type.Intersect([holding({ sku }), holding({ note: Type.Optional(sku) })]) }),
    ],
    [
      "what a map holds",
      { type: "object", additionalProperties: holding({}) } as TSchema,
      { type: "object", additionalProperties: holding({ note: Type.Optional(sku) }) } as TSchema,
    ],
  ])("%s has a new optional property", (_where, before, after) => {
    expect(between(before, after)).toEqual([]);
  });
  test("titles, descriptions and examples, at any depth", () => {
    const words = (word: string) => ({ title: word, description: word, examples: [word], deprecated: word === "new" });
    const of = (word: string) => Type.Object({ sku: Type.String(words(word)) }, words(word));

    expect(between(of("old"), of("new"))).toEqual([]);
  });
  test("another spelling of the same digits in a pattern", () => {
    const of = (digit: string) => Type.Object({ day: Type.String({ pattern: `^${digit}{4}-${digit}$` }) });

    expect(between(of("\\d"), of("[0-9]"))).toEqual([]);
  });
  test("the order in which properties and literals are written", () => {
    const before = { type: "object", properties: { a: { enum: ["x", "y"] }, b: {} }, required: ["a", "b"] };
    const after = { required: ["b", "a"], properties: { b: {}, a: { enum: ["y", "x"] } }, type: "object" };

    expect(between(before, after)).toEqual([]);
  });
});

describe("what may not change", () => {
  test("an event is gone", () => {
    expect(findIncompatibilities([event(holding({}))], [])).toEqual(["mugs.sold is gone from commerce.mugs.v1"]);
  });
  test("an event has moved to another topic", () => {
    const moved = { ...event(holding({})), topic: "commerce.mugs.v2" };

    expect(findIncompatibilities([event(holding({}))], [moved])).toEqual([
      "mugs.sold has moved from commerce.mugs.v1 to commerce.mugs.v2",
    ]);
  });
  test.each<[string, Record<string, TSchema>, Record<string, TSchema>]>([
    ["data.sku is removed", { sku }, {}],
    ["data.sku is removed", { sku: Type.Optional(sku) }, {}],
    ["data.title is removed", { title: sku }, {}],
    ["data.sku becomes optional", { sku }, { sku: Type.Optional(sku) }],
    ["data.sku becomes required", { sku: Type.Optional(sku) }, { sku }],
    ["data.sku is new and required", {}, { sku }],
    ["data.mug.sku is removed", { mug: holding({ sku }) }, { mug: holding({}) }],
    ["data.mugs[].sku is removed", { mugs: Type.Array(holding({ sku })) }, { mugs: Type.Array(holding({})) }],
    [
      "data.mug|2.sku is removed",
      { mug: Type.Union([Type.Null(), holding({ sku })]) },
      { mug: Type.Union([Type.Null(), holding({})]) },
    ],
  ])("%s", (sentence, before, after) => {
    expect(between(holding(before), holding(after))).toEqual([`mugs.sold: ${sentence}`]);
  });
  test("a name is required that no property describes", () => {
    const bare = { type: "object", properties: {} };

    expect(between(bare, { ...bare, required: ["sku"] })).toEqual(["mugs.sold: data.sku is new and required"]);
  });
  test("an object whose further properties are all of one form gets one by name: old readers would expect that form", () => {
    const map = (properties: Record<string, TSchema>) =>
      holding({ price: Type.Object(properties, { additionalProperties: Type.Integer() }) });

    expect(between(map({}), map({ tax: Type.Optional(sku) }))).toEqual([
      "mugs.sold: data.price.tax is new, but data.price was published as saying what every further property is",
    ]);
  });
  test.each<[string, TSchema, TSchema]>([
    ['type from "string" to "integer"', Type.String(), Type.Integer()],
    ['format from nothing to "uuid"', Type.String(), Type.String({ format: "uuid" })],
    ['pattern from "^a$" to nothing', Type.String({ pattern: "^a$" }), Type.String()],
    ['enum from ["A","B"] to ["A","B","C"]', Type.Enum(["A", "B"]), Type.Enum(["A", "B", "C"])],
    ["const from 1 to 2", Type.Literal(1), Type.Literal(2)],
    ["minimum from 0 to 1", Type.Integer({ minimum: 0 }), Type.Integer({ minimum: 1 })],
    ["maximum from 9 to 10", Type.Integer({ maximum: 9 }), Type.Integer({ maximum: 10 })],
    ["maxLength from 9 to 10", Type.String({ maxLength: 9 }), Type.String({ maxLength: 10 })],
    ["maxItems from 9 to nothing", Type.Array(sku, { maxItems: 9 }), Type.Array(sku)],
    [
      'anyOf from [{"type":"string"},{"type":"null"}] to nothing',
      { type: "string", anyOf: [{ type: "string" }, { type: "null" }] } as TSchema,
      Type.String(),
    ],
    [
      'anyOf from [{"type":"string"}] to [{"type":"string"},{"type":"null"}]',
      Type.Union([sku]),
      Type.Union([sku, Type.Null()]),
    ],
  ])("a constraint: %s", (change, before, after) => {
    expect(between(holding({ mug: before }), holding({ mug: after }))).toEqual([
      `mugs.sold: data.mug changes its ${change}`,
    ]);
  });
  test("the items of a list", () => {
    expect(between(holding({ mugs: Type.Array(sku) }), holding({ mugs: Type.Array(Type.Null()) }))).toEqual([
      'mugs.sold: data.mugs[] changes its type from "string" to "null"',
    ]);
  });
});

describe("on every event there is", () => {
  const events = eventsOf(contracts);
  const cases = events.map((each): [string, PublishedEvent] => [each.name, each]);

  test.each(cases)("%s: whatever binding word is left out is noticed", (_name, published) => {
    const plain = JSON.parse(JSON.stringify(published.schema));
    const unnoticed = pathsOf(plain, "schema").filter((path) => {
      const changed = structuredClone(plain);
      const holder = path.slice(0, -1).reduce((at, key) => at[key], changed);
      if (Array.isArray(holder)) holder.splice(Number(path.at(-1)), 1);
      else delete holder[path.at(-1) as string];
      // The one word that binds no reader.
      if (path.at(-1) === "additionalProperties") return false;
      return findIncompatibilities([published], [{ ...published, schema: changed }]).length === 0;
    });

    expect(unnoticed).toEqual([]);
  });
});

/** The path of everything in a schema that binds. */
function pathsOf(value: unknown, kind: "schema" | "names"): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (kind === "schema" && ["title", "description", "examples"].includes(key)) return [];
    const below = pathsOf(inner, kind === "schema" && key === "properties" ? "names" : "schema");
    return [[key], ...below.map((path) => [key, ...path])];
  });
}
