// Query and path are text; the schema says what was meant. Text that cannot be meant so stays text, and the service's
// check refuses it with the right words.
import type { TSchema } from "typebox";

export type Coerce = (text: string) => unknown;

interface Shape {
  type?: string;
  items?: TSchema;
  anyOf?: TSchema[];
  properties?: Record<string, TSchema>;
}

const shapeOf = (schema: TSchema): Shape => schema as Shape;

/** The properties of an object's schema; undefined for anything else. */
export const propertiesOf = (schema: TSchema): Record<string, TSchema> | undefined => shapeOf(schema).properties;

/** What a list holds; undefined for anything else. */
export const itemsOf = (schema: TSchema): TSchema | undefined => {
  const { type, items = {} } = shapeOf(schema);
  return type === "array" ? items : undefined;
};

const asIs: Coerce = (text) => text;
const integer: Coerce = (text) => (/^-?(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text);
const number: Coerce = (text) => (/^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/.test(text) ? Number(text) : text);
const boolean: Coerce = (text) => (text === "true" ? true : text === "false" ? false : text);

/** How text becomes a value of the schema, which is no list: see `queryFields`. */
export function coercer(schema: TSchema): Coerce {
  const { type, anyOf } = shapeOf(schema);
  if (type === "integer") return integer;
  if (type === "number") return number;
  if (type === "boolean") return boolean;
  if (anyOf !== undefined) {
    const ways = anyOf.map(coercer);
    return (text) => ways.map((way) => way(text)).find((value) => typeof value !== "string") ?? text;
  }
  return asIs;
}
