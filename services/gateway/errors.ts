// What the gateway itself refuses, in the same words as every service declares its refusals.
import type { Errors } from "moleculer";
import { defineContract, refusal } from "../../contract/contract.ts";

export const gateway = defineContract({
  name: "gateway",
  errors: {
    bad_request: { status: 400, message: "This is not HTTP as the server understands it" },
    malformed_json: { status: 400, message: "The body is not JSON that the server accepts" },
    validation_failed: { status: 400, message: "The request does not have the expected form" },
    invalid_cursor: { status: 400, message: "The cursor is not one of this list" },
    idempotency_key_missing: { status: 400, message: "This request needs an Idempotency-Key header" },
    unauthenticated: { status: 401, message: "Sign in first" },
    token_invalid: { status: 401, message: "The access token is not valid" },
    token_expired: { status: 401, message: "The access token has expired" },
    forbidden: { status: 403, message: "You may not do this" },
    not_found: { status: 404, message: "There is nothing under this path" },
    method_not_allowed: { status: 405, message: "This path does not know this method" },
    request_timeout: { status: 408, message: "The request took too long to arrive" },
    payload_too_large: { status: 413, message: "The body is larger than this path accepts" },
    unsupported_media_type: { status: 415, message: "This path does not take a body of this type" },
    precondition_required: { status: 428, message: "Name the version that you edit in an If-Match header" },
    headers_too_large: { status: 431, message: "The headers are larger than the server accepts" },
    internal_error: { status: 500, message: "Something went wrong on our side" },
    service_unavailable: { status: 503, message: "This part of the shop is not available at the moment" },
    overloaded: { status: 503, message: "The shop is busy; try again shortly" },
    timeout: { status: 504, message: "The answer did not come in time" },
  },
  actions: {},
  events: {},
});

export type GatewayCode = keyof typeof gateway.errors;

/** A refusal of the gateway. @param data facts for the caller's code, shown as members of the problem */
export const refuse = (
  code: GatewayCode,
  detail?: string,
  data?: Record<string, unknown>,
): Errors.MoleculerClientError => refusal(gateway, code, detail, data);

/** One thing that is wrong: in the body (`pointer`), or in path, query or headers (`parameter`). */
export type FieldProblem = { code: string; message: string } & ({ pointer: string } | { parameter: string });

/** VALIDATION_FAILED (400), as the services themselves answer it. */
export const invalidRequest = (...errors: FieldProblem[]): Errors.MoleculerClientError =>
  refuse("validation_failed", undefined, { errors });
