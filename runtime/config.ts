// The environment is read here and nowhere else, once, into one typed object. A wrong value stops the start with a
// sentence; the README's settings table lists what there is.
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { SERVICE_NAMES, type ServiceName } from "../contract/contracts.ts";
import type { KafkaSettings } from "../events/kafka/kafka-client.ts";
import type { Settings } from "../mixins/service.ts";
import { readKafka } from "./config-kafka.ts";
import { readLimits } from "./config-limits.ts";
import { type OperatorSettings, readOperators } from "./config-operators.ts";
import { readOrders } from "./config-orders.ts";
import { type RedisSettings, readRedis } from "./config-redis.ts";
import { type BusTrust, readTrust } from "./config-trust.ts";
import { type Env, integer, list, oneOf, timeZone, yesOrNo } from "./config-values.ts";
import type { DemoPasswords } from "./seed-shop.ts";

const DAY_MS = 24 * 3_600_000;
const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config extends Settings, BusTrust, RedisSettings {
  /** Embedded: this process brings its own Postgres and a demo shop. Cluster: everything is given by URL. */
  mode: "embedded" | "cluster";
  services: readonly ServiceName[];
  /** The database of a service, in cluster mode; embedded mode makes its own. */
  databaseUrl: (database: string) => string;
  poolSize: number;
  /** Of the demo accounts; the published ones when absent. */
  demoPasswords?: DemoPasswords;
  namespace: string;
  nodeId: string;
  logLevel: LogLevel;
  /** Kafka where it is given, else the outboxes themselves deliver within this process. */
  eventDriver: "kafka" | "local";
  kafka: KafkaSettings | undefined;
  /** How long published events stay in the outboxes; undefined is for ever. */
  outboxKeepMs: number | undefined;
  operators: OperatorSettings;
}

/** @throws Error with a sentence that names the setting and what it may be */
export function readConfig(env: Env): Config {
  const template = env.DATABASE_URL;
  const mode = template === undefined ? "embedded" : "cluster";
  const services = list(env.SERVICES).map((name) => oneOf("SERVICES", name, SERVICE_NAMES));
  if (services.length > 0 && env.REDIS_URL === undefined) {
    throw new Error("SERVICES names a part of the services: give REDIS_URL, so that they reach the others");
  }
  const kafka = readKafka(env);
  const redis = readRedis(env);
  if (services.length > 0 && kafka === undefined) {
    throw new Error("SERVICES names a part of the services: give KAFKA_BROKERS, so that events reach the others");
  }
  if (mode === "cluster" && !env.TOKEN_ISSUER) {
    throw new Error("TOKEN_ISSUER is missing: outside embedded mode the issuer of access tokens has no default");
  }
  const namespace = env.NAMESPACE || (mode === "embedded" ? "embedded" : "commerce");
  const port = integer("PORT", env.PORT, { byDefault: 3000, min: 0, max: 65_535 });
  const operators = readOperators(env);
  if (port !== 0 && port === operators.port) throw new Error(`PORT and METRICS_PORT are both ${port}`);
  return {
    mode,
    host: env.HOST || (mode === "embedded" ? "127.0.0.1" : "0.0.0.0"),
    port,
    dataDir: resolve(env.DATA_DIR || ".data"),
    services: services.length > 0 ? services : SERVICE_NAMES,
    databaseUrl: (database) => databaseUrl(env, database, template),
    poolSize: integer("DATABASE_POOL_SIZE", env.DATABASE_POOL_SIZE, { byDefault: 6, min: 1, max: 100 }),
    ...redis,
    ...readTrust(env),
    namespace,
    nodeId: env.NODE_ID || `${hostname()}-${process.pid}-${randomBytes(2).toString("hex")}`,
    logLevel: oneOf("LOG_LEVEL", env.LOG_LEVEL || (mode === "embedded" ? "warn" : "info"), LOG_LEVELS),
    tokens: {
      issuer: env.TOKEN_ISSUER || "moleculer-commerce",
      audience: env.TOKEN_AUDIENCE || "moleculer-commerce-api",
    },
    trustedProxyHops: integer("TRUSTED_PROXY_HOPS", env.TRUSTED_PROXY_HOPS, { byDefault: 0, min: 0, max: 10 }),
    corsOrigins: list(env.CORS_ORIGINS),
    limits: readLimits(env, namespace, redis.limitsRedisUrl, redis.redisCa),
    publishDocs: yesOrNo("PUBLISH_DOCS", env.PUBLISH_DOCS, true),
    keepAliveMs: integer("HTTP_KEEP_ALIVE_MS", env.HTTP_KEEP_ALIVE_MS, {
      byDefault: 65_000,
      min: 1_000,
      max: 3_600_000,
    }),
    orders: readOrders(env),
    sandbox: {
      slowMs: integer("SANDBOX_SLOW_MS", env.SANDBOX_SLOW_MS, { byDefault: 6_000, min: 0, max: 60_000 }),
      // The embedded sandbox signs and verifies in one process; elsewhere the processes must be told the same.
      webhookSecrets:
        env.SANDBOX_WEBHOOK_SECRETS || mode === "cluster"
          ? list(env.SANDBOX_WEBHOOK_SECRETS)
          : [randomBytes(32).toString("hex")],
    },
    eventDriver: kafka === undefined ? "local" : "kafka",
    kafka,
    // Without Kafka the outboxes are the log, from which a new consumer or a rebuilt report is fed.
    outboxKeepMs:
      kafka && DAY_MS * integer("OUTBOX_KEEP_DAYS", env.OUTBOX_KEEP_DAYS, { byDefault: 7, min: 1, max: 36_500 }),
    timeZone: timeZone("SHOP_TIME_ZONE", env.SHOP_TIME_ZONE, "UTC"),
    shop: {
      name: env.SHOP_NAME || "Moleculer Commerce",
      orderUrl: orderUrl(env.SHOP_ORDER_URL),
      accountUrl: accountUrl(env.SHOP_ACCOUNT_URL),
    },
    mail: {
      smtpUrl: smtpUrl(env.SMTP_URL),
      toFolder: yesOrNo("MAIL_TO_FOLDER", env.MAIL_TO_FOLDER, mode === "embedded"),
      from: env.MAIL_FROM || "Moleculer Commerce <shop@localhost>",
      templates: env.MAIL_TEMPLATES ? resolve(env.MAIL_TEMPLATES) : undefined,
    },
    operators,
  };
}

function smtpUrl(value: string | undefined): string | undefined {
  if (!value) return undefined;
  // Without the value: it may hold a password.
  if (!/^smtps?:\/\/\S+$/.test(value)) throw new Error("SMTP_URL must begin with smtp:// or smtps://");
  return value;
}

function orderUrl(value: string | undefined): string | undefined {
  if (!value) return undefined;
  if (!/^https?:\/\//.test(value) || !/\{(?:id|number)\}/.test(value) || !URL.canParse(value)) {
    throw new Error("SHOP_ORDER_URL must begin with http:// or https:// and hold {id} or {number}");
  }
  return value;
}

function accountUrl(value: string | undefined): string | undefined {
  if (!value) return undefined;
  if (!/^https?:\/\//.test(value) || !value.includes("{code}") || !URL.canParse(value)) {
    throw new Error("SHOP_ACCOUNT_URL must begin with http:// or https:// and hold {code}");
  }
  return value;
}

/** `ORDERS_DATABASE_URL` for one service, or `DATABASE_URL` with `{service}` in the place of its name. */
function databaseUrl(env: Env, database: string, template: string | undefined): string {
  const name = `${database.toUpperCase()}_DATABASE_URL`;
  const url = env[name] ?? template?.replaceAll("{service}", database);
  if (url === undefined) throw new Error(`${name} is missing`);
  return url;
}

/**
 * What `npm run migrate` needs: the admin's way to any database, and the password of each service's role, which is the one
 * in its own URL.
 */
export function readAdmin(
  env: Env,
  databases: readonly string[],
): { adminUrl: (database: string) => string; passwords: Record<string, string> } {
  const admin = env.ADMIN_DATABASE_URL;
  if (admin === undefined)
    throw new Error("ADMIN_DATABASE_URL is missing: the URL of a role that may create databases");
  const passwordOf = (database: string) =>
    decodeURIComponent(new URL(databaseUrl(env, database, env.DATABASE_URL)).password);
  return {
    adminUrl: (database) => Object.assign(new URL(admin), { pathname: `/${database}` }).href,
    passwords: Object.fromEntries(databases.map((name) => [name, passwordOf(name)])),
  };
}
