// The problems that an operation can answer: those that its contract declares, and those that follow from how it is
// reached. Grouped by status, with the codes that the status can mean there.
import type { Refusal } from "../../../contract/contract.ts";
import type { GatewayCode } from "../errors.ts";
import { gateway } from "../gateway.contract.ts";
import { type Route, takingOf } from "../route.ts";
import { type NamedSchemas, pascal } from "./named-schemas.ts";
import { Problem } from "./problem-schema.ts";

export type Codes = Record<string, Refusal>;

const pick = (...codes: GatewayCode[]): Codes => Object.fromEntries(codes.map((code) => [code, gateway.errors[code]]));

/** Everything that a route can be refused with, by code. */
export function refusalsOf({ contract, errors, http, hasBody }: Route): Codes {
  const { access, params, recentProof, refusals = [] } = contract;
  const declared = Object.fromEntries(refusals.map((code) => [code, errors[code] as Refusal]));
  return {
    ...pick("validation_failed"),
    ...(!http.anonymous && pick("token_invalid", "token_expired")),
    ...(access !== "public" && pick("unauthenticated")),
    ...(access !== "public" && access !== "customer" && pick("forbidden")),
    ...(recentProof !== undefined && pick("reauthentication_required")),
    ...(hasBody && takingOf(http).as !== "stream" && pick("malformed_json")),
    ...(hasBody && pick("payload_too_large", "unsupported_media_type")),
    ...(http.idempotencyKey === "required" && pick("idempotency_key_missing")),
    ...(http.ifMatch && pick("precondition_required")),
    ...(Object.hasOwn(params, "after") && pick("invalid_cursor")),
    ...pick("rate_limited"),
    ...pick("internal_error", "service_unavailable", "overloaded", "timeout"),
    ...declared,
  };
}

export const ownRefusals = (codes: readonly GatewayCode[]): Codes => pick("rate_limited", ...codes);

/** The responses of refusals, one per status. Those that are the gateway's own come again and again, and are components. */
export class ProblemResponses {
  readonly #schemas: NamedSchemas;
  readonly #components: Record<string, object> = {};

  constructor(schemas: NamedSchemas) {
    this.#schemas = schemas;
  }

  /** @throws Error where a code has two meanings: each is one status and one sentence, whoever answers it */
  of(codes: Codes): Record<string, object> {
    const byStatus = Map.groupBy(Object.entries(codes), ([, { status }]) => status);
    return Object.fromEntries([...byStatus].map(([status, refusals]) => [status, this.#response(status, refusals)]));
  }

  components(): Record<string, object> {
    return this.#components;
  }

  #response(status: number, refusals: readonly [string, Refusal][]): object {
    const problems = refusals.map(([code, refusal]) =>
      this.#schemas.keep(`${pascal(code)}Problem`, problem(code, refusal)),
    );
    const response = {
      description: refusals.map(([code, { message }]) => `\`${code}\`: ${message}`).join("; "),
      ...(HEADERS[status] && { headers: HEADERS[status] }),
      content: {
        "application/problem+json": { schema: problems.length === 1 ? problems[0] : { oneOf: problems } },
      },
    };
    if (!refusals.every(([code]) => Object.hasOwn(gateway.errors, code))) return response;
    const name = refusals.map(([code]) => pascal(code)).join("Or");
    this.#components[name] = response;
    return { $ref: `#/components/responses/${name}` };
  }
}

// An enum of one and no `const`, which generators of clients do not take for a part of what `Problem` says of the same property.
const problem = (code: string, { status, message }: Refusal): object => ({
  description: message,
  allOf: [
    Problem,
    { properties: { status: { type: "integer", enum: [status] }, code: { type: "string", enum: [code] } } },
  ],
});

const retryAfter = { "Retry-After": { description: "Seconds", schema: { type: "integer" } } };
const HEADERS: Readonly<Record<number, object>> = {
  401: { "WWW-Authenticate": { schema: { type: "string" } } },
  429: {
    ...retryAfter,
    "RateLimit-Policy": { description: "The allowances that the request draws on", schema: { type: "string" } },
    RateLimit: { description: "What is left of them, and for how many seconds", schema: { type: "string" } },
  },
  503: retryAfter,
};
