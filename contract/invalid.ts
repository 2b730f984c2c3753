import { Errors } from "moleculer";
import type { FieldError } from "../middlewares/validation.ts";

/** VALIDATION_FAILED (400): the request does not have the form that the contract asks for. */
export const invalid = (errors: readonly FieldError[]): Errors.MoleculerClientError =>
  new Errors.MoleculerClientError("The request does not have the expected form", 400, "VALIDATION_FAILED", {
    errors,
  });
