// Refusals that several services answer, in the same words wherever they come from.
import type { Errors } from "moleculer";
import type { FieldError } from "./compile.ts";
import { type Refusal, refusal } from "./contract.ts";

const errors = {
  validation_failed: { status: 400, message: "The request does not have the expected form" },
  unauthenticated: { status: 401, message: "Sign in first" },
  token_invalid: { status: 401, message: "The access token is not valid" },
  token_expired: { status: 401, message: "The access token has expired" },
  reauthentication_required: { status: 401, message: "Log in again: this asks for a recent proof that it is you" },
  forbidden: { status: 403, message: "You may not do this" },
  email_taken: { status: 409, message: "An account with this e-mail address exists" },
  reference_taken: { status: 409, message: "This reference is taken" },
  invalid_state_transition: { status: 409, message: "What was asked for is not possible in the present state" },
  version_mismatch: { status: 412, message: "It was changed meanwhile: read it again" },
  invalid_cursor: { status: 422, message: "The cursor is not one of this list" },
  invalid_address: { status: 422, message: "The country of this address wants it otherwise" },
  invalid_email: { status: 422, message: "The domain of this e-mail address is none that mail could be sent to" },
  idempotency_key_reused: { status: 422, message: "The Idempotency-Key was used before with another request" },
} as const satisfies Record<string, Refusal>;

type Shared = keyof typeof errors;

/** These refusals, for the `errors` of a contract that answers them. */
export const sharing = <K extends Shared>(...codes: readonly K[]): Pick<typeof errors, K> =>
  Object.fromEntries(codes.map((code) => [code, errors[code]])) as Pick<typeof errors, K>;

const shared = (code: Shared, detail?: string, data?: Record<string, unknown>) =>
  refusal({ errors }, code, detail, data);

/** One thing that is wrong: in what was sent (`pointer`), or in path, query or headers (`parameter`). */
export type FieldFault = FieldError | (Omit<FieldError, "pointer"> & { parameter: string });

/** VALIDATION_FAILED (400): the request does not have the form that the contract asks for. */
export const invalid = (...faults: readonly FieldFault[]): Errors.MoleculerClientError =>
  shared("validation_failed", undefined, { errors: faults });
export const invalidCursor = () => shared("invalid_cursor");
export const unauthenticated = () => shared("unauthenticated");
export const tokenInvalid = () => shared("token_invalid");
export const tokenExpired = () => shared("token_expired");
/** @param maxAge seconds within which the password has to be given (RFC 9470) */
export const reauthenticationRequired = (maxAge: number) => shared("reauthentication_required", undefined, { maxAge });
export const forbidden = () => shared("forbidden");
export const idempotencyKeyReused = () => shared("idempotency_key_reused");
export const invalidAddress = (faults: readonly FieldError[]) =>
  shared("invalid_address", undefined, { errors: faults });
export const invalidEmail = () => shared("invalid_email");
/** INVALID_STATE_TRANSITION (409). @param allowed what may happen instead */
export const invalidStateTransition = (what: string, current: string, wanted: string, allowed: readonly string[]) =>
  shared("invalid_state_transition", `${what} is ${current}, from where there is no way to "${wanted}"`, {
    current,
    allowed,
  });
