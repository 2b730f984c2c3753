// One route: an HTTP binding with what follows from it.
import type { TSchema } from "typebox";
import type { Access, ActionContract, ServiceContract } from "../../contract/contract.ts";
import type { BodyTaking, HttpBinding } from "../../contract/http-binding.ts";
import type { RouteClass } from "../../contract/route-classes.ts";

export const DEFAULT_BODY_LIMIT = 100_000;

export interface Route {
  service: string;
  /** The full name of the action. */
  action: string;
  contract: ActionContract;
  // biome-ignore lint/suspicious/noExplicitAny: a binding is written beside the result it answers for
  http: HttpBinding<any>;
  errors: ServiceContract["errors"];
  limit: RouteClass;
  pathParams: readonly string[];
  hasBody: boolean;
  /** Parameters that a JSON body gives. */
  bodyParams: Readonly<Record<string, TSchema>>;
  /** Parameters that come from the query. */
  queryParams: Readonly<Record<string, TSchema>>;
}

const AS_JSON: BodyTaking = { as: "json" };

/** Whose limits a binding is under that does not say so. */
export function classByDefault(access: Access, method: HttpBinding["method"]): RouteClass {
  if (access !== "public" && access !== "customer") return "staff";
  return method === "GET" ? "read" : "write";
}

/** How the body is taken. */
export const takingOf = ({ takes = AS_JSON }: Pick<HttpBinding, "takes">): BodyTaking => takes;

/** The parameters of a path template, in order. */
export const namesIn = (path: string): string[] =>
  [...path.matchAll(/\{([^}]*)\}/g)].map((found) => found[1] as string);

/** Parameters that only headers or a body taken whole fill -> what fills them. */
export function filledByGateway(http: HttpBinding): Record<string, string> {
  const taking = takingOf(http);
  return {
    ...(http.idempotencyKey && { idempotency: "Idempotency-Key" }),
    ...(http.ifMatch && { ifVersion: "If-Match" }),
    ...(http.preferAsync && { [http.preferAsync]: "Prefer" }),
    ...(taking.as === "csv" && { [taking.into]: "text/csv" }),
    ...(taking.as === "raw" && { [taking.into]: "the body" }),
    ...http.headers,
  };
}

/** Whether a result that is JSON can be among the answers. */
export const answersJson = ({ streams, redirects, status }: Pick<HttpBinding, "streams" | "redirects" | "status">) =>
  streams === undefined && (redirects === undefined || status !== undefined);
