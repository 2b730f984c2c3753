// How the answers of an action are cached: the key holds everything that an answer depends on, who is asking included.
import { hash } from "node:crypto";
import type { ActionContract, CacheRule } from "./contract.ts";
import type { Locals } from "./locals.ts";
import { may, type Permission, type Principal } from "./permissions.ts";

interface Asked {
  params: unknown;
  locals: Locals;
}

/** What Moleculer's cacher is told of an action. `ttl` in seconds. */
export interface Caching {
  ttl: number;
  keys: string[];
  keygen: (action: { name?: string }, options: unknown, asked: Asked) => string;
}

/**
 * @throws Error for a rule that leaves out a parameter: two different questions would share one answer
 */
export function cachingOf(action: string, { params }: Pick<ActionContract, "params">, rule: CacheRule): Caching {
  const left = Object.keys(params).filter((name) => !rule.keys.includes(name));
  if (left.length > 0) throw new Error(`${action} is cached without ${left.join(", ")} in its key`);
  return {
    ttl: rule.ttl,
    keys: [...rule.keys],
    keygen: (_action, _options, { params: given, locals }) => cacheKey(action, rule, { params: given, locals }),
  };
}

/** Different for every two askers and questions that may get different answers, however they are spelt. */
export function cacheKey(action: string, { keys }: CacheRule, { params, locals }: Asked): string {
  const given = (params ?? {}) as Record<string, unknown>;
  const parts = keys.map((key) => {
    if (key === "#principal") return locals.principal?.id ?? null;
    if (key.startsWith("#")) return locals.granted?.[key.slice(1) as Permission] ?? false;
    // In a list of its own, so that what is absent is not what is null.
    return Object.hasOwn(given, key) && given[key] !== undefined ? [canonical(given[key])] : [];
  });
  return `${action}:${hash("sha256", JSON.stringify(parts), "base64url")}`;
}

/** What a handler of a cached action may know of who asks: no more than its key says. */
export function localsFor({ keys }: CacheRule, principal: Principal | undefined): Locals {
  const permissions = keys.filter((key) => key.startsWith("#") && key !== "#principal").map((key) => key.slice(1));
  return {
    ...(keys.includes("#principal") && principal !== undefined && { principal }),
    granted: Object.fromEntries(permissions.map((each) => [each, may(principal, each as Permission)])),
  };
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const sorted = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, member]) => [name, canonical(member)]));
}
