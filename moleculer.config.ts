// The broker of every node. The list of middlewares and its order are ours: whoever comes earlier is wrapped by whoever
// comes later, so access and validation stand outside the cacher, and a cache hit is checked like any other answer.
import type { BrokerOptions, Middleware } from "moleculer";
import { actionContracts } from "./contract/contracts.ts";
import { systemClock } from "./database/clock.ts";
import { accessMiddleware } from "./middlewares/access.ts";
import { callingServiceMiddleware } from "./middlewares/calling-service.ts";
import { sealingMiddleware } from "./middlewares/seal-packets.ts";
import { ContractValidator } from "./middlewares/validation.ts";
import { type Config, type LogLevel, readConfig } from "./runtime/config.ts";
import { logLine } from "./runtime/log-lines.ts";
import { type NodeParts, nodeParts } from "./runtime/node-parts.ts";
import { redisTransporter } from "./runtime/redis-transporter.ts";

type BrokerConfig = Pick<Config, "namespace" | "nodeId" | "logLevel" | "redisUrl" | "busSecrets"> &
  Partial<Pick<Config, "redisCa">>;
type Checks = Pick<NodeParts, "verify" | "trust">;

/** @param own the process's: they tie its event bridge and its databases to the life of the broker */
export function brokerOptions(
  { namespace, nodeId, logLevel, redisUrl, redisCa, busSecrets }: BrokerConfig,
  { verify, trust }: Checks,
  own: readonly Middleware[] = [],
): BrokerOptions {
  return {
    namespace,
    nodeID: nodeId,
    logger: { type: "Console", options: { level: levelsOf(logLevel), formatter: logLine } },
    ...(redisUrl === undefined ? {} : { transporter: redisTransporter(redisUrl, redisCa) }),
    validator: new ContractValidator(actionContracts),
    middlewares: [
      "Cacher",
      "ActionHook",
      accessMiddleware({ contracts: actionContracts, verify, trust }),
      "Validator",
      "Bulkhead",
      "Timeout",
      "ContextTracker",
      "CircuitBreaker",
      "Retry",
      "Fallback",
      "ErrorHandler",
      "Tracing",
      "Metrics",
      "Debounce",
      "Throttle",
      callingServiceMiddleware(actionContracts, trust),
      ...(redisUrl === undefined ? [] : [sealingMiddleware({ namespace, secrets: busSecrets, clock: systemClock })]),
      ...own,
    ] as unknown as Middleware[],
    internalMiddlewares: false,
    // Nothing waits for ever, and nothing calls itself for ever.
    requestTimeout: 10_000,
    maxCallLevel: 20,
    // Retries belong to the order worker and to clients with their idempotency keys, not to every call.
    retryPolicy: { enabled: false },
    // A handler that changes its parameters must not change its caller's: as over the wire, so in one process.
    contextParamsCloning: true,
    // Stopping waits for the requests under way.
    tracking: { enabled: true, shutdownTimeout: 10_000 },
    // A node that died silently is known to be gone after 6 seconds. The same on every node, or they would flap.
    heartbeatInterval: 2,
    heartbeatTimeout: 6,
    transit: { maxQueueSize: 1_000 },
    // For neighbours to hear that this node is leaving, before it refuses what they still send.
    registry: { stopDelay: redisUrl === undefined ? 0 : 100 },
    // Signals are the program's to handle: it stops the parts in order.
    skipProcessEventRegistration: true,
  };
}

/** Mail that is written to a folder instead of being sent is shown, unless somebody chose to see less than warnings. */
const levelsOf = (level: LogLevel) => (level === "warn" ? { MAIL: "info", "**": level } : level);

/**
 * For `npx moleculer-runner --config moleculer.config.ts services/users/users.service.ts` and what else loads services as any
 * Moleculer project has them. Their databases are given by URL, as outside embedded mode; `npm start` is how the system
 * itself starts.
 */
export default (): BrokerOptions => {
  const config = readConfig(process.env);
  const { middlewares, ...checks } = nodeParts(config);
  return { ...brokerOptions(config, checks, middlewares), skipProcessEventRegistration: false };
};
