// What the gateway itself refuses, in the same words as every service declares its refusals. It has no actions: its routes are
// the HTTP bindings of the others.
import { defineContract } from "../../contract/contract.ts";
import { sharing } from "../../contract/refusals.ts";

export const gateway = defineContract({
  name: "gateway",
  domain: "edge",
  stateless: true,
  errors: {
    ...sharing("validation_failed", "invalid_cursor", "unauthenticated", "token_invalid", "token_expired", "forbidden"),
    ...sharing("reauthentication_required"),
    bad_request: { status: 400, message: "This is not HTTP as the server understands it" },
    malformed_json: { status: 400, message: "The body is not JSON that the server accepts" },
    idempotency_key_missing: { status: 400, message: "This request needs an Idempotency-Key header" },
    not_found: { status: 404, message: "There is nothing under this path" },
    method_not_allowed: { status: 405, message: "This path does not know this method" },
    request_timeout: { status: 408, message: "The request took too long to arrive" },
    payload_too_large: { status: 413, message: "The body is larger than this path accepts" },
    unsupported_media_type: { status: 415, message: "This path does not take a body of this type" },
    precondition_required: { status: 428, message: "Name the version that you edit in an If-Match header" },
    rate_limited: { status: 429, message: "Too many requests in a short time: wait, as Retry-After says" },
    headers_too_large: { status: 431, message: "The headers are larger than the server accepts" },
    internal_error: { status: 500, message: "Something went wrong on our side" },
    service_unavailable: { status: 503, message: "This part of the shop is not available at the moment" },
    overloaded: { status: 503, message: "The shop is busy; try again shortly" },
    timeout: { status: 504, message: "The answer did not come in time" },
  },
  actions: {},
  events: {},
});
