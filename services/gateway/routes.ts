// The routes are exactly the HTTP bindings of the contracts. A binding that cannot be served safely stops the start.
import { type ContractBook, contractsIn, type ServiceContract } from "../../contract/contract.ts";
import type { HttpBinding } from "../../contract/http-binding.ts";
import { OWN_ROUTES } from "./own-routes.ts";
import { classByDefault, filledByGateway, namesIn, type Route, takingOf } from "./route.ts";
import { faultsOf } from "./route-faults.ts";

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
    const open = Object.entries(contract.params).filter(([param]) => !taken.has(param));
    const hasBody = http.method !== "GET" && http.method !== "DELETE";
    const inBody = (param: string) => hasBody && takingOf(http).as !== "stream" && !http.query?.includes(param);
    return {
      service: service.name,
      action: `${service.name}.${name}`,
      contract,
      http,
      errors: service.errors,
      limit: http.limit ?? classByDefault(contract.access, http.method),
      pathParams,
      hasBody,
      bodyParams: Object.fromEntries(open.filter(([param]) => inBody(param))),
      queryParams: Object.fromEntries(open.filter(([param]) => !inBody(param))),
    };
  });
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
