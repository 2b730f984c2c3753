// The catalogue for people at a terminal: topics, their events, and in short what each one's data holds.
import type { PublishedEvent } from "./event-catalogue.ts";

interface Schema {
  type?: string;
  format?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

const WIDTH = 100;

export function describeEvents(events: readonly PublishedEvent[]): string {
  const topics = Map.groupBy(events, ({ topic }) => topic);
  const blocks = [...topics].map(([topic, its]) => [topic, ...its.map(describeEvent)].join("\n"));
  return [`${events.length} events on ${topics.size} topics; ? marks what may be absent`, ...blocks].join("\n\n");
}

const describeEvent = ({ name, schema }: PublishedEvent): string =>
  [`  ${name}`, ...wrap(fieldsOf(schema as Schema)).map((line) => `      ${line}`)].join("\n");

const fieldsOf = ({ properties = {}, required = [] }: Schema): string =>
  Object.entries(properties)
    .map(([name, schema]) => `${name}${required.includes(name) ? "" : "?"}: ${describeSchema(schema)}`)
    .join(", ");

/** A schema in the words of a type: `uuid | null`, `{ sku: string, quantity: integer }[]`. */
export function describeSchema(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.anyOf) return schema.anyOf.map(describeSchema).join(" | ");
  if (schema.items) {
    const item = describeSchema(schema.items);
    return schema.items.properties || !item.includes(" ") ? `${item}[]` : `(${item})[]`;
  }
  if (schema.properties) return `{ ${fieldsOf(schema)} }`;
  return schema.format ?? schema.type ?? "anything";
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text === "" ? [] : text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
