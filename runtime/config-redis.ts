// How Redis is reached. What goes over a network in the clear, or without a password, is nobody's alone.
import { readFileSync } from "node:fs";
import { type Env, isLoopback, yesOrNo } from "./config-values.ts";

export interface RedisSettings {
  /** Between processes. */
  redisUrl: string | undefined;
  /** Where gateways count together; the same one unless another is given. */
  limitsRedisUrl: string | undefined;
  /** PEM of the authority that signs for both, where the system does not know it. */
  redisCa: string | undefined;
  /** Sentences for whoever starts the process. */
  warnings: readonly string[];
}

/** @throws Error with a sentence that names the setting, and holds no password */
export function readRedis(env: Env): RedisSettings {
  const allowed = yesOrNo("REDIS_INSECURE", env.REDIS_INSECURE, false);
  const warnings: string[] = [];
  const urlOf = (name: "REDIS_URL" | "LIMITS_REDIS_URL") => {
    const url = env[name] || undefined;
    const fault = url === undefined ? undefined : faultOf(url);
    if (fault === undefined) return url;
    if (!allowed) throw new Error(`${name} ${fault}. REDIS_INSECURE=true takes it all the same.`);
    warnings.push(`${name} ${fault}, and REDIS_INSECURE takes it all the same.`);
    return url;
  };
  const redisUrl = urlOf("REDIS_URL");
  return {
    redisUrl,
    limitsRedisUrl: urlOf("LIMITS_REDIS_URL") ?? redisUrl,
    redisCa: env.REDIS_CA ? readFileSync(env.REDIS_CA, "utf8") : undefined,
    warnings,
  };
}

/** Why a Redis is open to more than this system; undefined where it is not. */
export function faultOf(url: string): string | undefined {
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) return "must begin with redis:// or rediss://";
  const { protocol, hostname, password } = new URL(url);
  if (isLoopback(hostname)) return undefined;
  const lacks = [protocol === "rediss:" ? "" : "TLS (rediss://)", password === "" ? "a password" : ""].filter(Boolean);
  return lacks.length === 0 ? undefined : `names another machine without ${lacks.join(" and ")}`;
}
