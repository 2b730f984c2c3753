// The smallest value that a schema takes: for calls that should be refused for who makes them, not for what they say.
import type { TSchema } from "typebox";
import { compile } from "../../contract/compile.ts";

const TEXTS = [
  "01900000-0000-7000-8000-00000000dead",
  "ada@example.com",
  "2020-01-01T00:00:00Z",
  "GBP",
  "GB",
  "a walk by the sea",
  "word",
];

interface Shape {
  type?: string;
  anyOf?: TSchema[];
  enum?: unknown[];
  const?: unknown;
  items?: TSchema;
  properties?: Record<string, TSchema>;
  required?: string[];
  /** What an object needs besides, in one of several ways. */
  oneOf?: { required: string[] }[];
  minItems?: number;
  minimum?: number;
}

/** @throws Error when there is no text in the list above that fits */
export function exampleOf(schema: TSchema): unknown {
  const shape = schema as Shape;
  if (shape.const !== undefined) return shape.const;
  if (shape.enum) return shape.enum[0];
  if (shape.anyOf) return exampleOf(shape.anyOf[0] as TSchema);
  switch (shape.type) {
    case "object":
      return Object.fromEntries(
        [...(shape.required ?? []), ...(shape.oneOf?.[0]?.required ?? [])].map((name) => [
          name,
          exampleOf(shape.properties?.[name] as TSchema),
        ]),
      );
    case "array":
      return Array.from({ length: shape.minItems ?? 0 }, () => exampleOf(shape.items as TSchema));
    case "integer":
    case "number":
      return Math.max(1, shape.minimum ?? 1);
    case "boolean":
      return true;
    default: {
      const fits = compile(schema);
      const text = TEXTS.find((each) => fits(each).length === 0);
      if (text === undefined) throw new Error(`no example for ${JSON.stringify(schema)}`);
      return text;
    }
  }
}
