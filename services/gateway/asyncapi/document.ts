// The AsyncAPI 3.0 document, made from the contracts that events are checked against before they are recorded.
import type { PublishedEvent } from "../../../contract/events/event-catalogue.ts";
import { NamedSchemas } from "../openapi/named-schemas.ts";
import { cloudEvent, correlationIds, headersOf } from "./envelope.ts";

const DESCRIPTION = [
  "Events are facts: they are published once the change that they tell of has committed, and never without it.",
  "Delivery is at least once, in order per aggregate. A reader recognises what it had by `ce_id`, and passes over types",
  "and properties that it does not know: both are added without notice. Nothing is removed or changed under its name.",
].join(" ");

/** The document of these events. */
export function asyncApiDocument(events: readonly PublishedEvent[]): object {
  const topics = [...Map.groupBy(events, ({ topic }) => topic)];
  return {
    asyncapi: "3.0.0",
    info: { title: "Moleculer Commerce", version: "1", description: DESCRIPTION },
    defaultContentType: "application/json",
    channels: Object.fromEntries(topics.map(([topic, its]) => [topic, channelOf(topic, its)])),
    operations: Object.fromEntries(topics.map(([topic, its]) => [`publish.${topic}`, operationOf(topic, its)])),
    components: {
      schemas: schemasOf(events),
      messages: Object.fromEntries(events.map(({ name }) => [name, messageOf(name)])),
      messageTraits: { cloudEvent },
      correlationIds,
    },
  };
}

const channelOf = (topic: string, events: readonly PublishedEvent[]): object => ({
  address: topic,
  title: topic,
  description: `What ${servicesOf(events).join(" and ")} tells. One topic per service and major version.`,
  messages: Object.fromEntries(events.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }])),
  tags: servicesOf(events).map((name) => ({ name })),
});

const operationOf = (topic: string, events: readonly PublishedEvent[]): object => ({
  action: "send",
  channel: { $ref: `#/channels/${topic}` },
  summary: `Publishes the events of ${servicesOf(events).join(" and ")}`,
  messages: events.map(({ name }) => ({ $ref: `#/channels/${topic}/messages/${name}` })),
});

const messageOf = (name: string): object => ({
  name,
  title: name,
  headers: headersOf(name, serviceOf(name)),
  payload: { $ref: `#/components/schemas/${name}` },
  traits: [{ $ref: "#/components/messageTraits/cloudEvent" }],
});

/** Each event's schema under the event's name, where `ce_dataschema` points, and what they have in common under its own. */
function schemasOf(events: readonly PublishedEvent[]): Record<string, object> {
  const schemas = new NamedSchemas();
  for (const { name, schema } of events) schemas.keep(name, schema);
  return schemas.components();
}

const serviceOf = (name: string): string => name.split(".", 1)[0] as string;
const servicesOf = (events: readonly PublishedEvent[]): string[] => [
  ...new Set(events.map(({ name }) => serviceOf(name))),
];
