// The settings of rate limits: which classes of routes are limited, by how much more or less than the table says, and where
// gateways count together.
import { type ClassLimits, type RateLimits, ROUTE_CLASSES, type RouteClass } from "../contract/route-classes.ts";
import { type Env, list, oneOf } from "./config-values.ts";

const CLASSES = Object.keys(ROUTE_CLASSES) as RouteClass[];

/**
 * `RATE_LIMITS`: `off`, a factor for all (`10`), or classes with factors of their own (`checkout=5,login=0.5,read=off`).
 * Undefined where nothing is limited.
 */
export function readLimits(env: Env, namespace: string, redisUrl?: string, redisCa?: string): RateLimits | undefined {
  const factors = new Map<RouteClass, number | undefined>(CLASSES.map((name) => [name, 1]));
  for (const entry of list(env.RATE_LIMITS)) {
    const [left = "", right] = entry.split("=").map((part) => part.trim());
    const named = right === undefined ? CLASSES : [oneOf("RATE_LIMITS", left, CLASSES)];
    for (const name of named) factors.set(name, factorOf(right ?? left));
  }
  const limited = [...factors].filter((entry): entry is [RouteClass, number] => entry[1] !== undefined);
  if (limited.length === 0) return undefined;
  return {
    classes: Object.fromEntries(limited.map(([name, factor]) => [name, scaled(ROUTE_CLASSES[name], factor)])),
    redisUrl,
    redisCa,
    prefix: `${namespace}:limits`,
  };
}

function factorOf(value: string): number | undefined {
  if (value === "off") return undefined;
  const factor = Number(value);
  if (value === "" || !(factor > 0 && factor <= 1_000_000)) {
    throw new Error(`RATE_LIMITS has off or factors above 0 up to 1000000, for all or by class, not ${value}`);
  }
  return factor;
}

function scaled({ seconds, ...kinds }: ClassLimits, factor: number): ClassLimits {
  const quotas = Object.entries(kinds).map(([kind, requests]) => [kind, Math.max(1, Math.round(requests * factor))]);
  return { seconds, ...(Object.fromEntries(quotas) as Omit<ClassLimits, "seconds">) };
}
