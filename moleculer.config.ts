// The broker of every node. The list of middlewares and its order are ours: whoever comes earlier is wrapped by whoever
// comes later, so access and validation stand outside the cacher, and a cache hit is checked like any other answer.
import type { BrokerOptions, Context, Middleware } from "moleculer";
import { actionContracts } from "./contract/contracts.ts";
import type { Principal } from "./contract/permissions.ts";
import { systemClock } from "./database/clock.ts";
import { accessMiddleware } from "./middlewares/access.ts";
import { ContractValidator } from "./middlewares/validation.ts";
import { keysFromAuth, tokenVerifier } from "./middlewares/verify-token.ts";
import { type Config, type LogLevel, readConfig } from "./runtime/config.ts";
import { redisTransporter } from "./runtime/redis-transporter.ts";

export type Verify = (token: string, via: Context) => Promise<Principal>;
type BrokerConfig = Pick<Config, "namespace" | "nodeId" | "logLevel" | "redisUrl">;

/** @param bridge ties the process's event bridge to the broker; without one no event goes out or comes in */
export function brokerOptions(
  { namespace, nodeId, logLevel, redisUrl }: BrokerConfig,
  verify: Verify,
  bridge?: Middleware,
): BrokerOptions {
  return {
    namespace,
    nodeID: nodeId,
    logger: { type: "Console", options: { level: levelsOf(logLevel), formatter: "short" } },
    ...(redisUrl === undefined ? {} : { transporter: redisTransporter(redisUrl) }),
    validator: new ContractValidator(actionContracts),
    middlewares: [
      "Cacher",
      "ActionHook",
      accessMiddleware({ contracts: actionContracts, verify }),
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
      ...(bridge === undefined ? [] : [bridge]),
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
    // Signals are the program's to handle: it stops the parts in order.
    skipProcessEventRegistration: true,
  };
}

/** Mail that is written to a folder instead of being sent is shown, unless somebody chose to see less than warnings. */
const levelsOf = (level: LogLevel) => (level === "warn" ? { MAIL: "info", "**": level } : level);

/** The one check of access tokens of this process, remembered between the gateway and its services. */
export const verifierOf = ({ tokens }: Pick<Config, "tokens">): Verify =>
  tokenVerifier({ ...tokens, clock: systemClock, keys: keysFromAuth });

/** For moleculer-runner and the REPL's own tools; `runtime/main.ts` is how the system itself starts. */
export default async (): Promise<BrokerOptions> => {
  const config = readConfig(process.env);
  return brokerOptions(config, verifierOf(config));
};
