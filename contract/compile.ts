// Schemas of the contracts as checks: strict, compiled once.
import { Ajv, type ErrorObject } from "ajv";
import addFormats from "ajv-formats";
import type { TSchema } from "typebox";

// ajv-formats is CommonJS with a default export inside.
const withFormats = addFormats as unknown as typeof addFormats.default;

const ajv = withFormats(new Ajv({ strict: false, allErrors: true, discriminator: false }));

export interface FieldError {
  /** JSON pointer into what was sent. */
  pointer: string;
  code: string;
  message: string;
}

/** Compiles a schema to a check that returns what is wrong, nothing when all is well. */
export function compile(schema: TSchema): (value: unknown) => FieldError[] {
  const check = ajv.compile(schema);
  return (value) => (check(value) ? [] : (check.errors ?? []).slice(0, 20).map(describe));
}

function describe({ instancePath, keyword, params, message = "is invalid" }: ErrorObject): FieldError {
  const { missingProperty, additionalProperty } = params as Record<string, string | undefined>;
  const property = missingProperty ?? additionalProperty;
  return {
    pointer: property === undefined ? instancePath : `${instancePath}/${property}`,
    code: keyword,
    message: additionalProperty === undefined ? message : "is not known here",
  };
}
