// The query string, read strictly: every name is declared and comes once. Values are set by declared names only, so
// nothing that a client writes ever becomes a property name.
import type { TSchema } from "typebox";
import type { FieldFault } from "../../../contract/refusals.ts";
import { type Coerce, coercer, propertiesOf } from "./coerce.ts";
import { isStorable } from "./json.ts";

interface Field {
  param: string;
  /** The `x` of `filter[x]`. */
  member?: string;
  coerce: Coerce;
}

/** Names as they stand in the query -> where their values go. */
export type QueryFields = ReadonlyMap<string, Field>;

export function queryFields(params: Readonly<Record<string, TSchema>>): QueryFields {
  return new Map(
    Object.entries(params).flatMap(([param, schema]): [string, Field][] => {
      const members = propertiesOf(schema);
      if (members === undefined) return [[param, { param, coerce: coercer(schema) }]];
      return Object.entries(members).map(([member, inner]) => [
        `${param}[${member}]`,
        { param, member, coerce: coercer(inner) },
      ]);
    }),
  );
}

/** Reads the query into `params`, and returns what is wrong with it. */
export function readQuery(search: string, fields: QueryFields, params: Record<string, unknown>): FieldFault[] {
  const problems: FieldFault[] = [];
  const seen = new Set<string>();
  for (const pair of search.split("&")) {
    if (pair === "") continue;
    const cut = pair.indexOf("=");
    const name = decode(cut < 0 ? pair : pair.slice(0, cut));
    const value = cut < 0 ? "" : decode(pair.slice(cut + 1));
    const field = name === undefined ? undefined : fields.get(name);
    if (name === undefined || value === undefined) {
      problems.push({ parameter: "query", code: "encoding", message: "is not well percent-encoded" });
    } else if (field === undefined) {
      problems.push({ parameter: name.slice(0, 100), code: "additionalProperties", message: "is not known here" });
    } else if (seen.has(name)) {
      problems.push({ parameter: name, code: "duplicate", message: "comes more than once" });
    } else {
      seen.add(name);
      set(params, field, value);
    }
    if (problems.length >= 20) break;
  }
  return problems;
}

function set(params: Record<string, unknown>, { param, member, coerce }: Field, value: string): void {
  if (member === undefined) {
    params[param] = coerce(value);
    return;
  }
  params[param] ??= {};
  (params[param] as Record<string, unknown>)[member] = coerce(value);
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
