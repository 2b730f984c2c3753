// Schemas that come more than once are named once. A schema's `title` names it; without one, the word that most often
// stands where it is used: the resource of the path, or the property.
import { freeName } from "./responses.ts";

interface SchemaSite {
  holder: Record<string, unknown>;
  key: string;
  hint: string;
  schema: Record<string, unknown>;
}

/** Below this many characters a reference is no easier to read than what it stands for. */
const WORTH_A_NAME = 150;

/** Moves repeated object schemas out of `paths` into components, and leaves references. */
export function shareSchemas(paths: Record<string, unknown>): Record<string, object> {
  const shared: Record<string, object> = {};
  const sites = Object.entries(paths).flatMap(([path, methods]) => findObjects(methods, resourceOf(path)));
  const groups = [...Map.groupBy(sites, ({ schema }) => JSON.stringify(schema))]
    .filter(([text, same]) => same.length > 1 && (text.length >= WORTH_A_NAME || same[0]?.schema.title !== undefined))
    // Inner ones first, so that the outer ones are stored with references in them.
    .sort(([a], [b]) => a.length - b.length);
  for (const [, same] of groups) {
    const [first] = same as [SchemaSite, ...SchemaSite[]];
    const name = freeName(shared, String(first.schema.title ?? commonest(same.map(({ hint }) => hint))));
    shared[name] = first.schema;
    for (const { holder, key } of same) holder[key] = { $ref: `#/components/schemas/${name}` };
  }
  return shared;
}

function findObjects(value: unknown, hint: string): SchemaSite[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const word = key === "items" ? singular(hint) : WORDLESS.has(key) || /^\d+$/.test(key) ? hint : pascal(key);
    const below = findObjects(inner, word);
    return isObjectSchema(inner)
      ? [...below, { holder: value as Record<string, unknown>, key, hint: word, schema: inner }]
      : below;
  });
}

// Keywords between a resource or property and its schema, which name nothing.
const WORDLESS = new Set([
  ...["get", "post", "put", "patch", "delete", "requestBody", "responses", "content", "schema", "parameters"],
  ...["application/json", "application/merge-patch+json", "properties", "anyOf", "allOf", "data"],
]);

const isObjectSchema = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  "properties" in value &&
  (value as { type?: unknown }).type === "object";

/** `/v1/stock-levels/{sku}` -> `StockLevel` */
function resourceOf(path: string): string {
  const segment =
    path
      .split("/")
      .filter((part) => part !== "" && !part.startsWith("{"))
      .at(-1) ?? "Root";
  return singular(pascal(segment));
}

const singular = (word: string): string =>
  word
    .replace(/ies$/, "y")
    .replace(/sses$/, "ss")
    .replace(/([^s])s$/, "$1");

const pascal = (words: string): string =>
  words.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9]?)/g, (_all, letter: string) => letter.toUpperCase());

function commonest(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "Schema";
}
