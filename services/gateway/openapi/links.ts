// Which operations go on from where another ended: their parameters lie in its answer (OpenAPI 3.1, 4.8.20).
import { namesIn, type Route } from "../route.ts";
import { pascal } from "./named-schemas.ts";

/** The links of an operation's success. @param templates the paths under which routes are listed */
export function linksFrom({ action }: Route, templates: ReadonlyMap<Route, string>): Record<string, object> {
  const followers = [...templates].filter(([{ http }]) => http.follows?.action === action);
  return Object.fromEntries(followers.map(([route, path]) => [pascal(route.action), linkTo(route, path)]));
}

function linkTo({ action, http, pathParams, queryParams }: Route, path: string): object {
  const names = namesIn(path);
  const parameters: Record<string, string> = {};
  const body: Record<string, unknown> = {};
  for (const [param, expression] of Object.entries(http.follows?.with ?? {})) {
    const inPath = pathParams.indexOf(param);
    if (inPath >= 0) parameters[`path.${names[inPath]}`] = expression;
    else if (param === "ifVersion") parameters["header.If-Match"] = expression;
    else if (Object.hasOwn(queryParams, param)) parameters[`query.${param}`] = expression;
    else body[param] = expression;
  }
  const requestBody = { ...http.example, ...body };
  return {
    operationId: action,
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(Object.keys(body).length > 0 && { requestBody }),
  };
}
