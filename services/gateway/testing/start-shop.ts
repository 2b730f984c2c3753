// A real broker with the mug shop and the gateway in it, on a port of the system's choice.

import { inspect } from "node:util";
import { type BrokerOptions, Errors, Loggers, ServiceBroker } from "moleculer";
import type { VerifyToken } from "../../../contract/access-tokens.ts";
import type { ActionContract } from "../../../contract/contract.ts";
import type { Principal } from "../../../contract/permissions.ts";
import { accessMiddleware } from "../../../middlewares/access.ts";
import { ContractValidator } from "../../../middlewares/validation.ts";
import { type GatewayOptions, gatewayService } from "../gateway.service.ts";
import type { Gateway } from "../gateway-types.ts";
import { type Ask, asker } from "./ask.ts";
import { mugService, mugs } from "./mug-shop.ts";

export interface Shop extends AsyncDisposable {
  broker: ServiceBroker;
  gateway: Gateway;
  port: number;
  ask: Ask;
  /** Names of the actions that ran, in order. */
  served: string[];
  log: string[];
}

interface ShopOptions extends Partial<GatewayOptions> {
  /** The featured mug is not shown before this settles. */
  held?: Promise<void>;
  withoutMugs?: boolean;
}

const principals: Record<string, Principal> = {
  "ada-token": { id: "ada", roles: ["customer"] },
  "staff-token": { id: "sam", roles: ["staff"] },
};

export const verify: VerifyToken = async (token) => {
  const principal = principals[token];
  if (principal !== undefined) return principal;
  const [code, message] = token === "old-token" ? ["TOKEN_EXPIRED", "It is over"] : ["TOKEN_INVALID", "It is forged"];
  throw new Errors.MoleculerClientError(message as string, 401, code);
};

const actions: ReadonlyMap<string, ActionContract> = new Map(
  Object.entries(mugs.actions).map(([name, action]) => [`mugs.${name}`, action as ActionContract]),
);

/** As `anyone`, `ada` (a customer) or `staff`. */
export const as = {
  ada: { authorization: "Bearer ada-token" },
  staff: { authorization: "Bearer staff-token" },
};

export async function openShop({ held, withoutMugs, ...options }: ShopOptions = {}): Promise<Shop> {
  const served: string[] = [];
  const log: string[] = [];
  const settings: BrokerOptions = {
    logger: new Recorder(log),
    contextParamsCloning: true,
    internalMiddlewares: false,
    middlewares: [
      "Cacher",
      "ActionHook",
      accessMiddleware({ contracts: actions, verify }),
      "Validator",
      "Timeout",
      "ContextTracker",
      "ErrorHandler",
    ] as never,
    validator: new ContractValidator(actions) as never,
    requestTimeout: 5_000,
    tracking: { enabled: true, shutdownTimeout: 1_000 },
    registry: { stopDelay: 0 } as never,
    skipProcessEventRegistration: true,
  };
  const broker = new ServiceBroker(settings);
  if (!withoutMugs) broker.createService(mugService(served, held));
  const gateway = broker.createService(
    gatewayService({ port: 0, host: "127.0.0.1", contracts: { mugs }, verify, ...options }),
  ) as unknown as Gateway;
  try {
    await broker.start();
  } catch (error) {
    await broker.stop();
    throw error;
  }
  const { port } = gateway.address();
  return { broker, gateway, port, ask: asker(port), served, log, [Symbol.asyncDispose]: () => broker.stop() };
}

class Recorder extends Loggers.Base<object> {
  readonly #lines: string[];

  constructor(lines: string[]) {
    super({});
    this.#lines = lines;
  }

  override getLogHandler(bindings?: { mod: string }) {
    return (type: string, args: unknown[]) => {
      if (bindings?.mod === "gateway") this.#lines.push(`${type} ${args.map((each) => inspect(each)).join(" ")}`);
    };
  }
}
