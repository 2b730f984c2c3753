// The routes are exactly the HTTP bindings of the contracts. A binding that cannot be served safely stops the start.
import type { TSchema } from "typebox";
import {
  type ActionContract,
  type ContractBook,
  contractsIn,
  type HttpBinding,
  type ServiceContract,
} from "../../contract/contract.ts";
import { PERMISSIONS } from "../../contract/permissions.ts";
import { OWN_ROUTES } from "./own-routes.ts";

export const DEFAULT_BODY_LIMIT = 100_000;

export interface Route {
  service: string;
  /** The full name of the action. */
  action: string;
  contract: ActionContract;
  // biome-ignore lint/suspicious/noExplicitAny: a binding is written beside the result it answers for
  http: HttpBinding<any>;
  errors: ServiceContract["errors"];
  pathParams: readonly string[];
  /** Parameters that the request's body gives, or its query where the method has no body. */
  openParams: Readonly<Record<string, TSchema>>;
  hasBody: boolean;
}

const ACCESS = new Set<string>(["public", "customer", ...PERMISSIONS]);

/**
 * Every HTTP binding of the contracts as a route.
 * @throws Error that names every binding that is not fit to be served
 */
export function collectRoutes(book: ContractBook): Route[] {
  const routes = contractsIn(book).flatMap(routesOf);
  const own = OWN_ROUTES.map(({ operationId, method, path }) => ({ action: operationId, http: { method, path } }));
  const faults = [...routes.flatMap(faultsOf), ...conflicts([...own, ...routes])];
  if (faults.length > 0) throw new Error(`The gateway does not start: ${faults.join("; ")}`);
  return routes;
}

function routesOf(service: ServiceContract): Route[] {
  return Object.entries(service.actions).flatMap(([name, contract]) => {
    const { http } = contract;
    if (http === undefined) return [];
    const pathParams = namesIn(http.path);
    const taken = new Set([...pathParams, ...Object.keys(filledByGateway(http))]);
    const hasBody = http.method !== "GET" && http.method !== "DELETE";
    return {
      service: service.name,
      action: `${service.name}.${name}`,
      contract,
      http,
      errors: service.errors,
      pathParams,
      openParams: Object.fromEntries(Object.entries(contract.params).filter(([param]) => !taken.has(param))),
      hasBody,
    };
  });
}

/** The parameters of a path template, in order. */
export const namesIn = (path: string): string[] =>
  [...path.matchAll(/\{([^}]*)\}/g)].map((found) => found[1] as string);

/** Parameters that only headers, the connection or a body taken whole fill -> what fills them. */
export function filledByGateway(http: HttpBinding): Record<string, string> {
  return {
    ...(http.idempotencyKey && { idempotency: "Idempotency-Key" }),
    ...(http.ifMatch && { ifVersion: "If-Match" }),
    ...(http.preferAsync && { [http.preferAsync]: "Prefer" }),
    ...(http.clientAddress && { [http.clientAddress]: "the client's address" }),
    ...(http.csv && { [http.csv]: "text/csv" }),
    ...(http.rawBody && { [http.rawBody]: "the body" }),
    ...http.headers,
  };
}

function faultsOf({ action, contract, http, errors, pathParams, openParams, hasBody }: Route): string[] {
  const faults: string[] = [];
  const fault = (sentence: string) => faults.push(`${action} (${http.method} ${http.path}) ${sentence}`);
  if (contract.access === undefined) fault("does not say who may call it");
  else if (!ACCESS.has(contract.access)) fault(`must not be reached over HTTP with access "${contract.access}"`);
  for (const param of pathParams) {
    if (!Object.hasOwn(contract.params, param)) fault(`has {${param}} in its path, which is no parameter`);
  }
  for (const [param, source] of Object.entries(filledByGateway(http))) {
    if (!Object.hasOwn(contract.params, param)) fault(`takes ${source}, but has no parameter ${param}`);
  }
  if (!hasBody && (http.csv || http.rawBody || http.bodyLimit)) fault("has no body, but says how it is read");
  if (http.rawBody && (http.csv || Object.keys(openParams).length > 0)) {
    fault("takes its body unparsed, and parameters from it");
  }
  if (http.publicMaxAge !== undefined && (http.method !== "GET" || contract.access !== "public")) {
    fault("is cached in public, which only a public GET may be");
  }
  if (/[^\w\-./{}~]/.test(http.path)) fault("has a path with characters that mean something to the router");
  for (const code of contract.refusals ?? []) {
    if (!Object.hasOwn(errors, code)) fault(`refuses with ${code}, which its service does not declare`);
  }
  return faults;
}

function conflicts(routes: readonly { action: string; http: Pick<HttpBinding, "method" | "path"> }[]): string[] {
  const owners = new Map<string, string>();
  return routes.flatMap(({ action, http }) => {
    const place = `${http.method} ${http.path.replace(/\{[^}]*\}/g, "{}")}`;
    const owner = owners.get(place);
    owners.set(place, action);
    return owner === undefined ? [] : [`${owner} and ${action} both claim ${http.method} ${http.path}`];
  });
}
