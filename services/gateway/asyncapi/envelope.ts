// What every event on Kafka has beside its data: the attributes of CloudEvents 1.0 in binary mode, as message headers, and
// the aggregate as the key.

const text = { type: "string" };
const uuid = { type: "string", format: "uuid" };

const ALWAYS = {
  ce_specversion: { ...text, const: "1.0" },
  ce_id: {
    ...uuid,
    description: "UUIDv7 of the event, the same each time it is delivered: what duplicates are known by",
  },
  ce_source: { ...text, format: "uri-reference", description: "The service that states it" },
  ce_type: { ...text, description: "Name of the event" },
  ce_subject: { ...text, description: "The aggregate that it is about" },
  ce_time: { ...text, format: "date-time", description: "When it happened" },
  ce_dataschema: { ...text, format: "uri-reference", description: "Where its schema is, on this host" },
  ce_aggregateversion: {
    ...text,
    pattern: "^[0-9]+$",
    description: "Counts the events of one aggregate, without gaps",
  },
  "content-type": { ...text, const: "application/json" },
};

const WHEN_KNOWN = {
  ce_traceparent: { ...text, description: "W3C Trace Context of what caused it" },
  ce_correlationid: { ...text, description: "The request that it all began with" },
  ce_causationid: { ...text, description: "The event or the request that it follows from" },
};

/** The part that all messages share. */
export const cloudEvent = {
  contentType: "application/json",
  headers: { type: "object", required: Object.keys(ALWAYS), properties: { ...ALWAYS, ...WHEN_KNOWN } },
  correlationId: { $ref: "#/components/correlationIds/request" },
  bindings: {
    kafka: { bindingVersion: "0.5.0", key: { ...text, description: "Id of the aggregate, as `ce_subject`" } },
  },
};

export const correlationIds = {
  request: { location: "$message.header#/ce_correlationid", description: "Absent from what no request began" },
};

/** The headers that this one event always has. */
export const headersOf = (name: string, service: string): object => ({
  type: "object",
  properties: {
    ce_type: { const: name },
    ce_source: { const: `/commerce/${service}` },
    ce_dataschema: { const: `/asyncapi.json#/components/schemas/${name}` },
  },
});
