// The schemas of a document, each once and under a name. A schema's `title` in its contract is its name, whatever it
// describes. An object without one is named after where it lies: the operation and what it is to it (`OrdersPlaceRequest`),
// then the property (`OrdersPlaceRequestLine`). No name depends on what else is in the document, so none changes with it.
import { isDeepStrictEqual } from "node:util";
import { PUBLISHED_AS } from "../../../contract/fields.ts";
import { TYPED } from "../../../contract/text.ts";

type Schema = Record<string, unknown>;

export class NamedSchemas {
  readonly #components: Record<string, Schema> = {};

  /**
   * What stands in the schema's place: a reference to it, or itself where it needs no name.
   * @param name of an object that has no title
   * @throws Error where two different schemas have one name
   */
  place(schema: object, name: string): object {
    return this.#place(JSON.parse(JSON.stringify(schema)), name);
  }

  /** Under this name, whatever its title. @throws Error where two different schemas have one name */
  keep(name: string, schema: object): object {
    return this.#keep(name, this.#inside(JSON.parse(JSON.stringify(schema)), pascal(name)));
  }

  /** All of them by name. */
  components(): Record<string, object> {
    return Object.fromEntries(Object.entries(this.#components).sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  #place(given: Schema, name: string): Schema {
    const schema = (given[PUBLISHED_AS] ?? given) as Schema;
    const own = typeof schema.title === "string" ? schema.title : isObject(schema) ? name : undefined;
    const inner = this.#inside(schema, own ?? name);
    return own === undefined ? inner : this.#keep(own, inner);
  }

  #keep(name: string, schema: Schema): Schema {
    const known = this.#components[name];
    if (known !== undefined && !isDeepStrictEqual(known, schema)) {
      throw new Error(`Two different schemas are called ${name}: give one of them another title`);
    }
    this.#components[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  }

  #inside(schema: Schema, name: string): Schema {
    // How a text is read is told by its pattern; the keyword is for our own check.
    const { [TYPED]: _ours, ...result } = schema;
    for (const keyword of MAPS) {
      if (result[keyword] === undefined) continue;
      const entries = Object.entries(result[keyword] as Record<string, Schema>);
      result[keyword] = Object.fromEntries(
        entries.map(([key, inner]) => [key, this.#place(inner, name + (keyword === "properties" ? pascal(key) : ""))]),
      );
    }
    for (const keyword of LISTS) {
      if (!Array.isArray(result[keyword])) continue;
      result[keyword] = result[keyword].map((inner: Schema, i) => this.#place(inner, `${name}${i + 1}`));
    }
    for (const keyword of SINGLE) {
      if (typeof result[keyword] !== "object") continue;
      result[keyword] = this.#place(result[keyword] as Schema, singular(name));
    }
    return result;
  }
}

const MAPS = ["properties", "patternProperties"];
const LISTS = ["anyOf", "allOf", "oneOf"];
const SINGLE = ["items", "additionalProperties"];

const isObject = (schema: Schema): boolean =>
  schema.type === "object" && Object.keys((schema.properties as object | undefined) ?? {}).length > 0;

/** `orders.place` -> `OrdersPlace` */
export const pascal = (words: string): string =>
  words.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9]?)/g, (_all, letter: string) => letter.toUpperCase());

const singular = (word: string): string =>
  word
    .replace(/ies$/, "y")
    .replace(/sses$/, "ss")
    .replace(/([^s])s$/, "$1");
