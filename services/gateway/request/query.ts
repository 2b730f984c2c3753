// The query string, read strictly: every name is declared and comes once. Values are set by declared names only, so
// nothing that a client writes ever becomes a property name. A list is `style: form, explode: false` of OpenAPI: the commas that
// part its items stand as they are, and one that belongs to an item is written %2C. So it is split first and decoded then.
import type { TSchema } from "typebox";
import type { FieldFault } from "../../../contract/refusals.ts";
import { coercer, itemsOf, propertiesOf } from "./coerce.ts";
import { isStorable } from "./json.ts";

interface Field {
  param: string;
  /** The `x` of `filter[x]`. */
  member?: string;
  read: Read;
}

/** The value of what stands in the query; undefined where it is not well encoded. */
type Read = (encoded: string) => unknown;

/** Names as they stand in the query -> where their values go. */
export type QueryFields = ReadonlyMap<string, Field>;

export function queryFields(params: Readonly<Record<string, TSchema>>): QueryFields {
  return new Map(
    Object.entries(params).flatMap(([param, schema]): [string, Field][] => {
      const members = propertiesOf(schema);
      if (members === undefined) return [[param, { param, read: reader(schema) }]];
      return Object.entries(members).map(([member, inner]) => [
        `${param}[${member}]`,
        { param, member, read: reader(inner) },
      ]);
    }),
  );
}

function reader(schema: TSchema): Read {
  const items = itemsOf(schema);
  if (items !== undefined) {
    const one = reader(items);
    return (encoded) => {
      const list = encoded.split(",").map(one);
      return list.includes(undefined) ? undefined : list;
    };
  }
  const coerce = coercer(schema);
  return (encoded) => {
    const text = decode(encoded);
    return text === undefined ? undefined : coerce(text);
  };
}

/** Reads the query into `params`, and returns what is wrong with it. */
export function readQuery(search: string, fields: QueryFields, params: Record<string, unknown>): FieldFault[] {
  const problems: FieldFault[] = [];
  const seen = new Set<string>();
  for (const pair of search.split("&")) {
    if (pair === "") continue;
    const problem = readPair(pair, { fields, seen, params });
    if (problem !== undefined) problems.push(problem);
    if (problems.length >= 20) break;
  }
  return problems;
}

const BADLY_ENCODED: FieldFault = { parameter: "query", code: "encoding", message: "is not well percent-encoded" };

function readPair(
  pair: string,
  { fields, seen, params }: { fields: QueryFields; seen: Set<string>; params: Record<string, unknown> },
): FieldFault | undefined {
  const cut = pair.indexOf("=");
  const name = decode(cut < 0 ? pair : pair.slice(0, cut));
  if (name === undefined) return BADLY_ENCODED;
  const field = fields.get(name);
  if (field === undefined) {
    return { parameter: name.slice(0, 100), code: "additionalProperties", message: "is not known here" };
  }
  if (seen.has(name)) return { parameter: name, code: "duplicate", message: "comes more than once" };
  const value = field.read(cut < 0 ? "" : pair.slice(cut + 1));
  if (value === undefined) return BADLY_ENCODED;
  seen.add(name);
  set(params, field, value);
  return undefined;
}

function set(params: Record<string, unknown>, { param, member }: Field, value: unknown): void {
  if (member === undefined) {
    params[param] = value;
    return;
  }
  params[param] ??= {};
  (params[param] as Record<string, unknown>)[member] = value;
}

function decode(text: string): string | undefined {
  if (!/[%+]/.test(text)) return text;
  try {
    const decoded = decodeURIComponent(text.replaceAll("+", " "));
    return isStorable(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}
