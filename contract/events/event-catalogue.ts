// What the system promises to those who read its events: name, topic and schema of each. `event-catalogue.json` beside this
// file is the promise as it was last published; it is written by `npm run events -- --write` and compared by a test.
import { readFileSync } from "node:fs";
import type { TSchema } from "typebox";
import { type ContractBook, contractsIn } from "../contract.ts";

export interface PublishedEvent {
  topic: string;
  /** `orders.confirmed` */
  name: string;
  schema: object;
}

export const CATALOGUE_FILE = new URL("./event-catalogue.json", import.meta.url);

/**
 * Every event of these contracts, in their order.
 * @throws Error when a service has events and no topic to publish them on
 */
export function eventsOf(book: ContractBook): PublishedEvent[] {
  return contractsIn(book).flatMap(({ name: service, topic, events }) =>
    Object.entries<TSchema>(events).map(([event, schema]) => {
      if (topic === undefined) throw new Error(`${service} has events, but its contract names no topic for them`);
      return { topic, name: `${service}.${event}`, schema };
    }),
  );
}

/** What is published in this file; nothing when it does not exist yet. */
export function readCatalogue(file: string | URL): PublishedEvent[] {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** The file's text: it changes when what is promised changes, and not with the order or the words of the contracts. */
export function catalogueText(events: readonly PublishedEvent[]): string {
  const entries = events
    .map(({ topic, name, schema }) => ({ topic, name, schema: bindingPart(schema) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  return `${layOut(entries, "")}\n`;
}

const ANNOTATIONS = new Set(["title", "description", "examples", "deprecated", "$comment"]);
/** Their keys are names of the contract's choice: a product's `title` is a property, not an annotation. */
const MAPS = new Set(["properties", "patternProperties", "$defs"]);
const SETS = new Set(["required", "enum"]);

/** The schema without what only explains it, its keys and sets sorted: equal exactly when it means the same. */
export function bindingPart(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(bindingPart);
  if (typeof schema !== "object" || schema === null) return schema;
  return sorted(schema, (key, value) => {
    if (ANNOTATIONS.has(key)) return undefined;
    // Whoever reads an event lets pass what it does not know, whatever the contract says of other uses of a schema.
    if (key === "additionalProperties" && typeof value === "boolean") return undefined;
    // Two spellings of the same digits in ECMA-262; only the second is understood alike everywhere.
    if (key === "pattern") return (value as string).replaceAll("\\d", "[0-9]");
    if (SETS.has(key)) return (value as unknown[]).toSorted();
    if (key === "const" || key === "default") return value;
    return MAPS.has(key) ? sorted(value as object, (_name, inner) => bindingPart(inner)) : bindingPart(value);
  });
}

function sorted(map: object, change: (key: string, value: unknown) => unknown): object {
  const entries = Object.entries(map).map(([key, value]): [string, unknown] => [key, change(key, value)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** JSON with a line for each thing that fits one, so that a change of the promise reads as one in a diff. */
function layOut(value: unknown, indent: string): string {
  const line = JSON.stringify(value);
  if (typeof value !== "object" || value === null || line.length + indent.length <= 120) return line;
  const deeper = `${indent}  `;
  const inside = Array.isArray(value)
    ? value.map((each) => layOut(each, deeper))
    : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${layOut(each, deeper)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${inside.map((each) => deeper + each).join(",\n")}\n${indent}${close}`;
}
