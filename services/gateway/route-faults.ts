// What makes a binding unfit to be served, as sentences.
import { isInternal } from "../../contract/contract.ts";
import { PERMISSIONS } from "../../contract/permissions.ts";
import { itemsOf, propertiesOf } from "./request/coerce.ts";
import { answersJson, filledByGateway, type Route, takingOf } from "./route.ts";

const ACCESS = new Set<string>(["public", "customer", ...PERMISSIONS]);
const MEDIA_TYPE = /^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/;

/** Everything that is wrong with a route; nothing where it can be served. */
export function faultsOf(route: Route): string[] {
  const { action, http } = route;
  const faults = [...contractFaults(route), ...listFaults(route), ...bodyFaults(route), ...answerFaults(route)];
  return faults.map((sentence) => `${action} (${http.method} ${http.path}) ${sentence}`);
}

function contractFaults({ contract, http, errors, pathParams, queryParams }: Route): string[] {
  const faults: string[] = [];
  if (contract.access === undefined) faults.push("does not say who may call it");
  else if (isInternal(contract.access)) faults.push("is for other services, and must not be reached over HTTP");
  else if (!ACCESS.has(contract.access)) faults.push(`must not be reached over HTTP with access "${contract.access}"`);
  if (http.anonymous && contract.access !== "public") faults.push("does not look at tokens, but is not for anyone");
  for (const param of pathParams) {
    if (!Object.hasOwn(contract.params, param)) faults.push(`has {${param}} in its path, which is no parameter`);
  }
  for (const param of Object.keys({ ...http.example, ...http.follows?.with })) {
    if (!Object.hasOwn(contract.params, param)) faults.push(`has an example of ${param}, which is no parameter`);
  }
  for (const [param, source] of Object.entries(filledByGateway(http))) {
    if (!Object.hasOwn(contract.params, param)) faults.push(`takes ${source}, but has no parameter ${param}`);
  }
  for (const param of http.query ?? []) {
    if (!Object.hasOwn(queryParams, param)) faults.push(`takes ${param} from the query, which is no open parameter`);
  }
  if (/[^\w\-./{}~]/.test(http.path)) faults.push("has a path with characters that mean something to the router");
  for (const code of contract.refusals ?? []) {
    if (!Object.hasOwn(errors, code)) faults.push(`refuses with ${code}, which its service does not declare`);
  }
  return faults;
}

/** OpenAPI knows how a list is written in the query, but not in a member of a filter; and a path has no lists. */
function listFaults({ contract, pathParams, queryParams }: Route): string[] {
  const listed = pathParams.filter((param) => contract.params[param] && itemsOf(contract.params[param]));
  const members = Object.entries(queryParams).flatMap(([param, schema]) =>
    Object.entries(propertiesOf(schema) ?? {}).flatMap(([name, inner]) =>
      itemsOf(inner) ? [`${param}[${name}]`] : [],
    ),
  );
  return [...listed.map((param) => `{${param}}`), ...members].map((place) => `has a list in ${place}`);
}

function bodyFaults({ contract, http, bodyParams, hasBody }: Route): string[] {
  const faults: string[] = [];
  const taking = takingOf(http);
  if (!hasBody && (http.takes || http.bodyLimit)) faults.push("has no body, but says how it is read");
  if (http.query && (!hasBody || taking.as === "stream")) {
    faults.push("names parameters of the query, where all of them come from it");
  }
  if (taking.as === "raw" && Object.keys(bodyParams).length > 0) {
    faults.push("takes its body unparsed, and parameters from it");
  }
  if (taking.as === "stream") {
    faults.push(...typeFaults(taking.types, "takes"));
    if (http.idempotencyKey)
      faults.push("takes an Idempotency-Key, but does not read the body that the key would stand for");
    if (contract.cache) faults.push("is cached, but its answer depends on a stream");
  }
  return faults;
}

function answerFaults({ contract, http }: Route): string[] {
  const faults: string[] = [];
  if (http.publicMaxAge !== undefined && (http.method !== "GET" || contract.access !== "public")) {
    faults.push("is cached in public, which only a public GET may be");
  }
  if ((http.streams || http.redirects) && !http.answer) faults.push("says what it answers, but has no `answer` for it");
  if (!answersJson(http) && (http.etag || http.publicMaxAge !== undefined || http.body)) {
    faults.push("has an ETag, public caching or the schema of a body, but answers no JSON");
  }
  if (http.streams === undefined) return faults;
  faults.push(...typeFaults(http.streams, "streams"));
  if ((http.status ?? 200) !== 200) faults.push(`streams with status ${http.status}`);
  if (contract.cache) faults.push("is cached, but a stream can be sent only once");
  return faults;
}

function typeFaults(types: readonly string[], verb: string): string[] {
  if (types.length === 0) return [`${verb} a body of no type at all`];
  return types.filter((type) => !MEDIA_TYPE.test(type)).map((type) => `${verb} "${type}", which is no media type`);
}
