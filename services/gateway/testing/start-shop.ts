// A real broker with the mug shop and the gateway in it, on a port of the system's choice.

import { inspect } from "node:util";
import { type BrokerOptions, Errors, Loggers, ServiceBroker } from "moleculer";
import type { VerifyToken } from "../../../contract/access-tokens.ts";
import { type ActionContract, contractsIn } from "../../../contract/contract.ts";
import type { Principal } from "../../../contract/permissions.ts";
import { accessMiddleware } from "../../../middlewares/access.ts";
import { ContractValidator } from "../../../middlewares/validation.ts";
import { testTrust } from "../../../tests/support/trust.ts";
import { type GatewayOptions, gatewayService } from "../gateway.service.ts";
import type { Gateway } from "../gateway-types.ts";
import { type Ask, asker } from "./ask.ts";
import { pictureService, pictures, Studio } from "./mug-pictures.ts";
import { mugService, mugs } from "./mug-shop.ts";

/** What the shop serves. */
export const contracts = { mugs, pictures };

export interface Shop extends AsyncDisposable {
  broker: ServiceBroker;
  gateway: Gateway;
  port: number;
  ask: Ask;
  /** Names of the actions that ran, in order. */
  served: string[];
  log: string[];
  studio: Studio;
}

interface ShopOptions extends Partial<GatewayOptions> {
  /** The featured mug is not shown before this settles. */
  held?: Promise<void>;
  withoutMugs?: boolean;
  /** The pictures' service runs on a node of its own. */
  twoNodes?: boolean;
}

const principals: Record<string, Principal> = {
  "ada-token": { id: "ada", roles: ["customer"] },
  "staff-token": { id: "sam", roles: ["staff"] },
};

/** `user-<anything>` is a customer of that id: there are as many as a test needs. */
const anyUser = (token: string): Principal | undefined =>
  token.startsWith("user-") ? { id: token, roles: ["customer"] } : undefined;

export const verify: VerifyToken = async (token) => {
  const principal = principals[token] ?? anyUser(token);
  if (principal !== undefined) return principal;
  const [code, message] = token === "old-token" ? ["TOKEN_EXPIRED", "It is over"] : ["TOKEN_INVALID", "It is forged"];
  throw new Errors.MoleculerClientError(message as string, 401, code);
};

const actions: ReadonlyMap<string, ActionContract> = new Map(
  contractsIn(contracts).flatMap(({ name, actions }) =>
    Object.entries(actions).map(([action, contract]) => [`${name}.${action}`, contract]),
  ),
);

/** As `anyone`, `ada` (a customer) or `staff`. */
export const as = {
  ada: { authorization: "Bearer ada-token" },
  staff: { authorization: "Bearer staff-token" },
};

let namespaces = 0;

function brokerFor(log: string[], transport: BrokerOptions) {
  const settings: BrokerOptions = {
    ...transport,
    logger: new Recorder(log),
    contextParamsCloning: true,
    internalMiddlewares: false,
    middlewares: [
      "Cacher",
      "ActionHook",
      accessMiddleware({ contracts: actions, verify, trust: testTrust() }),
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
  return new ServiceBroker(settings);
}

export async function openShop({ held, withoutMugs, twoNodes, ...options }: ShopOptions = {}): Promise<Shop> {
  const served: string[] = [];
  const log: string[] = [];
  const studio = new Studio();
  const transport: BrokerOptions = twoNodes ? { namespace: `mugs-${++namespaces}`, transporter: "Fake" } : {};
  const broker = brokerFor(log, { nodeID: "front", ...transport });
  const other = twoNodes ? brokerFor(log, { nodeID: "back", ...transport }) : broker;
  if (!withoutMugs) {
    broker.createService(mugService(served, held));
    other.createService(pictureService(studio, served));
  }
  const gateway = broker.createService(
    gatewayService({ port: 0, host: "127.0.0.1", contracts, verify, ...options }),
  ) as unknown as Gateway;
  const stop = async () => {
    await broker.stop();
    if (other !== broker) await other.stop();
  };
  try {
    if (other !== broker) await other.start();
    await broker.start();
    if (!withoutMugs) await broker.waitForServices(["pictures"]);
  } catch (error) {
    await stop();
    throw error;
  }
  const { port } = gateway.address();
  return { broker, gateway, port, ask: asker(port), served, log, studio, [Symbol.asyncDispose]: stop };
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
