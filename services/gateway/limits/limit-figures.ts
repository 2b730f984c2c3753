import { Counter, Registry } from "prom-client";
import type { RouteClass } from "../../../contract/route-classes.ts";

/** For the process's metrics: one registry, as there is one process. */
export const limitFigures = new Registry();

const refused = new Counter({
  name: "commerce_rate_limit_refusals_total",
  help: "Requests refused because their asker had nothing left of its allowance, by class of route",
  labelNames: ["class"] as const,
  registers: [limitFigures],
});

export const countRefusal = (routeClass: RouteClass): void => refused.inc({ class: routeClass });
