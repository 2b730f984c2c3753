// Schemas of the contracts as checks: strict, compiled once.
import { Ajv, type ErrorObject } from "ajv";
import type { DataValidationCxt } from "ajv/dist/types/index.js";
import addFormats from "ajv-formats";
import type { TSchema } from "typebox";
import { MUST, TYPED } from "./text.ts";

// ajv-formats is CommonJS with a default export inside.
const withFormats = addFormats as unknown as typeof addFormats.default;

const ajv = withFormats(new Ajv({ strict: false, allErrors: true, discriminator: false, verbose: true }));

// What people type, in the form in which it is kept. It comes first, so that length and pattern see what will be stored.
ajv.addKeyword({
  keyword: TYPED,
  type: "string",
  modifying: true,
  before: "maxLength",
  error: { message: "holds half a character" },
  validate: (_typed: true, text: string, _schema: unknown, at?: DataValidationCxt) => {
    if (at?.parentData) at.parentData[at.parentDataProperty] = text.trim();
    // The database would refuse half of a surrogate pair, which JSON can write.
    return text.isWellFormed();
  },
});

export interface FieldError {
  /** JSON pointer into what was sent. */
  pointer: string;
  code: string;
  message: string;
}

/**
 * Compiles a schema to a check that returns what is wrong, nothing when all is well.
 * The check cuts blanks around texts that people typed, in the value itself.
 */
export function compile(schema: TSchema): (value: unknown) => FieldError[] {
  const check = ajv.compile(schema);
  return (value) => (check(value) ? [] : (check.errors ?? []).slice(0, 20).map(describe));
}

function describe({ instancePath, keyword, params, parentSchema, message = "is invalid" }: ErrorObject): FieldError {
  const { missingProperty, additionalProperty } = params as Record<string, string | undefined>;
  const property = missingProperty ?? additionalProperty;
  return {
    pointer: property === undefined ? instancePath : `${instancePath}/${property}`,
    code: keyword,
    message:
      (keyword === "pattern" && parentSchema?.[MUST]) ||
      (additionalProperty === undefined ? message : "is not known here"),
  };
}
