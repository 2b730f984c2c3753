// Which changes of an event break somebody. Old events stay in the log and are read by new consumers; old consumers run
// beside new producers and read new events. So what both must agree on may only grow, by what nobody has to know.
import { isDeepStrictEqual } from "node:util";
import { bindingPart, type PublishedEvent } from "./event-catalogue.ts";

type Schema = Record<string, unknown>;

/**
 * What is broken of the published promise, a sentence each; nothing when the change is compatible both ways.
 * New events, new optional properties and changed annotations are compatible. Everything else is not.
 */
export function findIncompatibilities(
  published: readonly PublishedEvent[],
  current: readonly PublishedEvent[],
): string[] {
  const now = new Map(current.map((event) => [event.name, event]));
  return published.flatMap(({ name, topic, schema }) => {
    const event = now.get(name);
    if (event === undefined) return [`${name} is gone from ${topic}`];
    const moved = event.topic === topic ? [] : [`${name} has moved from ${topic} to ${event.topic}`];
    const changed = compare(bindingPart(schema) as Schema, bindingPart(event.schema) as Schema, "data");
    return [...moved, ...changed.map((sentence) => `${name}: ${sentence}`)];
  });
}

function compare(before: Schema, after: Schema, path: string): string[] {
  const keywords = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !PROPERTIES.has(key));
  return [
    ...keywords.flatMap((keyword) => compareKeyword(keyword, before[keyword], after[keyword], path)),
    ...compareProperties(before, after, path),
  ];
}

const PROPERTIES = new Set(["properties", "required"]);
/** Keywords with a schema, or several, in which an optional property may be added. */
const DEEPER: Readonly<Record<string, string>> = { items: "[]", additionalProperties: ".*", anyOf: "|", allOf: "&" };

function compareKeyword(keyword: string, before: unknown, after: unknown, path: string): string[] {
  const mark = DEEPER[keyword];
  if (mark !== undefined && isSchema(before) && isSchema(after)) return compare(before, after, path + mark);
  if (mark !== undefined && Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((each, i) => compare(each, after[i], `${path}${mark}${i + 1}`));
  }
  const same = isDeepStrictEqual(before, after);
  return same ? [] : [`${path} changes its ${keyword} from ${show(before)} to ${show(after)}`];
}

function compareProperties(before: Schema, after: Schema, path: string): string[] {
  const [old, young] = [partsOf(before), partsOf(after)];
  const kept = [...old].flatMap(([name, was]) => {
    const is = young.get(name);
    const here = `${path}.${name}`;
    if (is === undefined) return [`${here} is removed`];
    const turned = was.required && !is.required ? "optional" : "required";
    return [
      ...(was.required === is.required ? [] : [`${here} becomes ${turned}`]),
      ...compare(was.schema, is.schema, here),
    ];
  });
  // A consumer's check lets pass what it does not know, but not where everything unnamed must be of one form.
  const closed = before.additionalProperties !== undefined;
  const added = [...young].flatMap(([name, { required }]) => {
    if (old.has(name)) return [];
    if (required) return [`${path}.${name} is new and required`];
    return closed ? [`${path}.${name} is new, but ${path} was published as saying what every further property is`] : [];
  });
  return [...kept, ...added];
}

function partsOf(schema: Schema): Map<string, { schema: Schema; required: boolean }> {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, Schema>; required?: string[] };
  const names = [...new Set([...Object.keys(properties), ...required])];
  return new Map(names.map((name) => [name, { schema: properties[name] ?? {}, required: required.includes(name) }]));
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const show = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));
