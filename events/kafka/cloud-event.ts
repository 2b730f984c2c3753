// An event as a Kafka message: CloudEvents 1.0, binary content mode (Kafka protocol binding 1.0.2). The attributes are
// headers with the prefix `ce_`, the value is the data itself, and the key is the aggregate, so that its events stay in order.
import { createHash } from "node:crypto";
import type { Envelope, Unreadable } from "../envelope.ts";

export interface OutgoingMessage {
  key: string;
  value: string;
  headers: Record<string, string>;
}

/** As kafkajs hands it out. */
export interface IncomingMessage {
  key: Buffer | null;
  value: Buffer | null;
  offset: string;
  headers?: Record<string, HeaderValue | HeaderValue[] | undefined>;
}

/** Null where the header has a name and nothing else. */
type HeaderValue = Buffer | string | null;

export interface TopicPartition {
  topic: string;
  partition: number;
}

export function toMessage(event: Envelope): OutgoingMessage {
  const { id, type, subject, correlationId, causationId, traceparent } = event;
  const headers: Record<string, string> = {
    ce_specversion: "1.0",
    ce_id: id,
    ce_source: `/commerce/${type.slice(0, type.indexOf("."))}`,
    ce_type: type,
    ce_subject: subject,
    ce_time: event.time,
    ce_dataschema: `/asyncapi.json#/components/schemas/${type}`,
    ce_aggregateversion: String(event.aggregateVersion),
    "content-type": "application/json",
  };
  if (correlationId !== null) headers.ce_correlationid = correlationId;
  if (causationId !== null) headers.ce_causationid = causationId;
  if (traceparent !== null) headers.ce_traceparent = traceparent;
  return { key: subject, value: event.json, headers };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The event in a message, or why there is none in it. */
export function readMessage(message: IncomingMessage, { topic, partition }: TopicPartition): Envelope | Unreadable {
  const headers = textHeaders(message.headers);
  const json = message.value?.toString("utf8") ?? "";
  const fault = faultOf(headers, message.value);
  if (fault !== undefined) {
    return {
      id: placeId(topic, partition, message.offset),
      topic,
      reason: fault,
      bytes: (message.value ?? Buffer.alloc(0)).toString("base64"),
      headers,
    };
  }
  return {
    id: headers.ce_id as string,
    type: headers.ce_type as string,
    topic,
    subject: headers.ce_subject as string,
    aggregateVersion: Number(headers.ce_aggregateversion),
    time: headers.ce_time as string,
    json,
    correlationId: headers.ce_correlationid ?? null,
    causationId: headers.ce_causationid ?? null,
    traceparent: headers.ce_traceparent ?? null,
  };
}

/** The type alone: most messages of a topic are not for everybody. Undefined where it is missing or says nothing. */
export const typeOf = ({ headers }: IncomingMessage): string | undefined => textOf(headers?.ce_type) || undefined;

function faultOf(headers: Record<string, string>, value: Buffer | null): string | undefined {
  if (headers.ce_specversion !== "1.0") return "no CloudEvent: the header ce_specversion is not 1.0";
  if (!UUID.test(headers.ce_id ?? "")) return "the header ce_id is no UUID";
  if (!headers.ce_type) return "the header ce_type is missing";
  if (!headers.ce_subject) return "the header ce_subject is missing";
  if (Number.isNaN(Date.parse(headers.ce_time ?? ""))) return "the header ce_time is no time";
  if (!/^[1-9]\d{0,9}$/.test(headers.ce_aggregateversion ?? "")) return "the header ce_aggregateversion is no version";
  if (value === null) return "the value is missing";
  return undefined;
}

function textHeaders(headers: IncomingMessage["headers"] = {}): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name in headers) {
    const text = textOf(headers[name]);
    if (text !== undefined) texts[withoutNul(name)] = text;
  }
  return texts;
}

/** Of a header that came more than once, the first. */
function textOf(value: HeaderValue | HeaderValue[] | undefined): string | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined || first === null ? undefined : withoutNul(first.toString());
}

/** No text column takes one. */
const withoutNul = (text: string): string => text.replaceAll("\0", "");

/** Shaped as a UUID, the same whenever the message is read again. */
function placeId(topic: string, partition: number, offset: string): string {
  const hex = createHash("sha256").update(`${topic}/${partition}/${offset}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
