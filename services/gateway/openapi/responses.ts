// The problems that an operation can answer: those that its contract declares, and those that follow from how it is
// reached. Grouped by status, with the codes that the status can mean there.
import type { Refusal } from "../../../contract/contract.ts";
import type { GatewayCode } from "../errors.ts";
import { gateway } from "../gateway.contract.ts";
import { type Route, takingOf } from "../route.ts";

export type Described = Record<string, unknown>;
type Codes = Record<string, Refusal>;

const pick = (...codes: GatewayCode[]): Codes => Object.fromEntries(codes.map((code) => [code, gateway.errors[code]]));

/** Everything that a route can be refused with, by code. */
export function refusalsOf({ contract, errors, http, hasBody }: Route): Codes {
  const { access, params, refusals = [] } = contract;
  const declared = Object.fromEntries(refusals.map((code) => [code, errors[code] as Refusal]));
  return {
    ...pick("validation_failed"),
    ...(!http.anonymous && pick("token_invalid", "token_expired")),
    ...(access !== "public" && pick("unauthenticated")),
    ...(access !== "public" && access !== "customer" && pick("forbidden")),
    ...(hasBody && takingOf(http).as !== "stream" && pick("malformed_json")),
    ...(hasBody && pick("payload_too_large", "unsupported_media_type")),
    ...(http.idempotencyKey === "required" && pick("idempotency_key_missing")),
    ...(http.ifMatch && pick("precondition_required")),
    ...(Object.hasOwn(params, "after") && pick("invalid_cursor")),
    ...pick("internal_error", "service_unavailable", "overloaded", "timeout"),
    ...declared,
  };
}

export const ownRefusals = (codes: readonly GatewayCode[]): Codes => pick(...codes);

/** The responses of these refusals, one per status. */
export function refusalResponses(codes: Codes): Record<string, object> {
  const byStatus = Map.groupBy(Object.entries(codes), ([, { status }]) => status);
  const responses = [...byStatus].map(([status, refusals]) => [status, problemResponse(status, refusals)]);
  return Object.fromEntries(responses);
}

function problemResponse(status: number, refusals: [string, Refusal][]): object {
  return {
    description: refusals.map(([code, { message }]) => `\`${code}\`: ${message}`).join("; "),
    ...(HEADERS[status] && { headers: HEADERS[status] }),
    content: {
      "application/problem+json": {
        schema: {
          allOf: [{ $ref: "#/components/schemas/Problem" }],
          properties: { status: { const: status }, code: { enum: refusals.map(([code]) => code) } },
        },
      },
    },
  };
}

const retryAfter = { "Retry-After": { description: "Seconds", schema: { type: "integer" } } };
const HEADERS: Readonly<Record<number, object>> = {
  401: { "WWW-Authenticate": { schema: { type: "string" } } },
  429: retryAfter,
  503: retryAfter,
};

/** Moves responses that several operations have in common into components, and leaves references. */
export function shareResponses(paths: Record<string, Record<string, Described>>): Record<string, object> {
  const places = Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap((operation) => {
      const responses = operation.responses as Record<string, object>;
      return Object.entries(responses).map(([status, response]) => ({ responses, status, response }));
    })
    .filter(({ status }) => Number(status) >= 400);
  const shared: Record<string, object> = {};
  for (const same of Map.groupBy(places, ({ response }) => JSON.stringify(response)).values()) {
    const [first] = same;
    if (first === undefined || same.length < 2) continue;
    const name = freeName(shared, `Problem${first.status}`);
    shared[name] = first.response;
    for (const { responses, status } of same) responses[status] = { $ref: `#/components/responses/${name}` };
  }
  return shared;
}

/** The name itself, or with the first number that makes it unused. */
export function freeName(taken: object, name: string): string {
  if (!Object.hasOwn(taken, name)) return name;
  let number = 2;
  while (Object.hasOwn(taken, `${name}_${number}`)) number++;
  return `${name}_${number}`;
}
