// What stands at the front door: what this is and where to go from here. The same facts for a person and for a program.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Static, Type } from "typebox";
import type { Demo } from "../../../mixins/service.ts";
import { answersJson, type Route } from "../route.ts";

const Link = Type.Object({ rel: Type.String(), href: Type.String(), title: Type.String() });
export type Link = Static<typeof Link>;

export const Front = Type.Object({
  name: Type.String(),
  version: Type.String({ description: "Of the release that answers" }),
  description: Type.String(),
  links: Type.Array(Link),
  demo: Type.Optional(
    Type.Object(
      { accounts: Type.Array(Type.Object({ role: Type.String(), email: Type.String() })) },
      { description: "Of a shop that was filled to be tried out. Its passwords are told where it was started" },
    ),
  ),
});
export type Front = Static<typeof Front>;

const RELEASE = JSON.parse(readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8")) as Front;

const LINKS: readonly Link[] = [
  { rel: "reference", href: "/docs", title: "API reference, to read and to try" },
  { rel: "openapi", href: "/openapi.json", title: "The API as an OpenAPI 3.1 document" },
  { rel: "asyncapi", href: "/asyncapi.json", title: "The events on Kafka as an AsyncAPI 3.0 document" },
  { rel: "ready", href: "/health/ready", title: "Health: whether every service that requests need is there" },
  { rel: "live", href: "/health/live", title: "Health: whether the process serves at all" },
];

/**
 * @param own the gateway's own routes, as far as they are served
 * @param demo the demo shop, once it is filled
 */
export function frontOf(own: readonly { path: string }[], routes: readonly Route[], demo: Demo | undefined): Front {
  const { version, description } = RELEASE;
  return {
    name: "Moleculer Commerce",
    version,
    description,
    links: [...LINKS.filter(({ href }) => own.some(({ path }) => path === href)), ...routes.filter(isOpen).map(linkTo)],
    ...(demo && { demo: { accounts: [...demo.accounts] } }),
  };
}

/** Whether a click is all that it needs. */
const isOpen = (route: Route): boolean =>
  route.contract.access === "public" &&
  route.http.method === "GET" &&
  route.pathParams.length === 0 &&
  answersJson(route.http) &&
  (Type.Object({ ...route.queryParams }) as { required?: string[] }).required === undefined;

/** Summaries may mark code, as OpenAPI allows; a title is plain. */
const linkTo = ({ action, http }: Route): Link => ({
  rel: action,
  href: http.path,
  title: http.summary.replaceAll("`", ""),
});
