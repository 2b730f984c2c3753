import { Parser } from "@asyncapi/parser";
import { describe, expect, test } from "@jest/globals";
import { Type } from "typebox";
import { contracts } from "../../contract/contracts.ts";
import { eventsOf } from "../../contract/events/event-catalogue.ts";
import { eventCatalogue } from "../../contract/events/events.ts";
import { MoneySchema } from "../../contract/fields.ts";
import { asyncApiDocument } from "./asyncapi/document.ts";
import { mugs } from "./testing/mug-shop.ts";
import { openShop } from "./testing/start-shop.ts";

const ERROR = 0;
const parse = async (document: object) => {
  const { document: parsed, diagnostics } = await new Parser().parse(JSON.stringify(document));
  return { parsed, errors: diagnostics.filter(({ severity }) => severity === ERROR) };
};
// biome-ignore lint/suspicious/noExplicitAny: the document is read as any client would read it
const plain = (document: object): any => JSON.parse(JSON.stringify(document));

describe("the document of all contracts", () => {
  const document = plain(asyncApiDocument(eventsOf(contracts)));
  const parsing = parse(document);

  test("is valid AsyncAPI 3.0, for a parser that refuses what is not", async () => {
    const broken = { ...document, channels: { ...document.channels, nowhere: { messages: { a: { $ref: "#/b" } } } } };

    expect((await parsing).errors).toEqual([]);
    expect((await parse(broken)).errors.length).toBeGreaterThan(0);
  });
  test("has every event on its topic, and nothing else", async () => {
    const { parsed } = await parsing;
    const listed = parsed!
      .channels()
      .all()
      .flatMap((channel) =>
        channel
          .messages()
          .all()
          .map((message) => `${channel.address()} ${message.name()}`),
      );
    const sent = parsed!
      .operations()
      .filterBySend()
      .flatMap((operation) =>
        operation
          .messages()
          .all()
          .map((message) => `${operation.channels().all()[0]?.address()} ${message.name()}`),
      );

    const recorded = [...eventCatalogue.values()].map(({ name, topic }) => `${topic} ${name}`).sort();
    expect(listed.sort()).toEqual(recorded);
    expect(sent.sort()).toEqual(recorded);
    expect(Object.keys(document.components.messages).sort()).toEqual([...eventCatalogue.keys()].sort());
  });
  test("has each event's own schema, resolved, as its payload", async () => {
    const { parsed } = await parsing;
    const payloads = parsed!
      .messages()
      .all()
      .map((message) => [message.name(), withoutMarks(message.payload()?.json())]);

    expect(Object.fromEntries(payloads)).toEqual(
      Object.fromEntries(eventsOf(contracts).map(({ name, schema }) => [name, plain(schema)])),
    );
  });
});

describe("an event's message", () => {
  const shop = {
    ...mugs,
    topic: "commerce.mugs.v1",
    events: { sold: Type.Object({ sku: Type.String(), price: MoneySchema, paid: MoneySchema }) },
  };
  const document = plain(asyncApiDocument(eventsOf({ shop })));
  const parsing = parse(document);
  const theMessage = async () => (await parsing).parsed!.messages().all()[0]!;

  test("has the headers of CloudEvents in Kafka's binary mode", async () => {
    const schema = (await theMessage()).headers()!.json() as { required: string[]; properties: object };
    const { required, properties } = schema;

    const unsure = ["ce_traceparent", "ce_correlationid", "ce_causationid"];
    expect(required).toEqual([
      ...["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "ce_dataschema"],
      ...["ce_aggregateversion", "content-type"],
    ]);
    expect(Object.keys(properties)).toEqual([...required, ...unsure]);
    expect(properties).toMatchObject({
      ce_specversion: { const: "1.0" },
      ce_type: { type: "string", const: "mugs.sold" },
      ce_source: { const: "/commerce/mugs" },
      "content-type": { const: "application/json" },
    });
  });
  test("leads from its ce_dataschema to its schema", async () => {
    const headers = (await theMessage()).headers()!.json() as { properties: Record<string, { const: string }> };
    const [path, pointer] = headers.properties.ce_dataschema!.const.split("#") as [string, string];
    const found = pointer
      .split("/")
      .slice(1)
      .reduce((at, key) => at[key], document);

    expect(path).toBe("/asyncapi.json");
    expect(found.required).toEqual(["sku", "price", "paid"]);
  });
  test("is keyed by the aggregate and belongs to a request", async () => {
    const message = await theMessage();

    expect(message.bindings().get("kafka")?.value()).toMatchObject({ key: { type: "string" } });
    expect(message.correlationId()?.location()).toBe("$message.header#/ce_correlationid");
    expect(message.contentType()).toBe("application/json");
  });
  test("shares the schemas that come more than once", () => {
    const reference = { $ref: "#/components/schemas/Money" };

    expect(document.components.schemas["mugs.sold"].properties).toMatchObject({ price: reference, paid: reference });
    expect(document.components.schemas.Money.required).toEqual(["amount", "currency"]);
  });
});

test("it is served with a strong ETag, made from the contracts that the gateway was given", async () => {
  const events = { sold: Type.Object({ sku: Type.String() }) };
  const book = { mugs: { ...mugs, topic: "commerce.mugs.v1", events } };
  await using shop = await openShop({ contracts: book });

  const served = await shop.ask("GET", "/asyncapi.json");
  const again = await shop.ask("GET", "/asyncapi.json", {
    headers: { "if-none-match": served.headers.etag as string },
  });
  const openApi = await shop.ask("GET", "/openapi.json");

  expect(served).toMatchObject({ status: 200, json: plain(asyncApiDocument(eventsOf(book))) });
  expect(Object.keys(served.json.channels)).toEqual(["commerce.mugs.v1"]);
  expect(served.headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(again).toMatchObject({ status: 304, text: "" });
  expect(openApi.json.paths).toHaveProperty(["/asyncapi.json", "get"]);
  expect(openApi.headers.etag).not.toBe(served.headers.etag);
});

/** What the parser adds to the schemas that it has read. */
const withoutMarks = (schema: unknown) =>
  JSON.parse(JSON.stringify(schema, (key, value) => (key.startsWith("x-parser-") ? undefined : value)));
