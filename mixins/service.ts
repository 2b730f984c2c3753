// How a service is described to whoever starts it. The default export of every `*.service.ts` is such a description, which is
// also a function of a broker that returns the schema: so `npm start` makes nodes of any of them, and Moleculer's own runner,
// `broker.loadService` and the REPL load one as they load any Moleculer service.
import type { Service, ServiceBroker, ServiceSchema } from "moleculer";
import type { VerifyToken } from "../contract/access-tokens.ts";
import type { ServiceContract } from "../contract/contract.ts";
import type { ServiceName } from "../contract/contracts.ts";
import type { RateLimits } from "../contract/route-classes.ts";
import type { Clock } from "../database/clock.ts";
import type { Database } from "../database/database.ts";
import type { DatabasePlan } from "../database/read-migrations.ts";

/** The demo shop, where there is one. */
export interface Demo {
  /** A service that is there once the shop is filled: before that nobody can sign in or order. */
  service: string;
  /** Whether the gateway listens only then: until then its accounts may have passwords that everybody knows. */
  closedUntilFilled?: boolean;
  accounts: readonly { role: string; email: string }[];
}

/** What services are told at their start. Read from the environment in runtime/config.ts. */
export interface Settings {
  host: string;
  port: number;
  dataDir: string;
  tokens: { issuer: string; audience: string };
  trustedProxyHops: number;
  corsOrigins: readonly string[];
  /** How often who may ask the gateway; undefined where nobody is limited. */
  limits: RateLimits | undefined;
  /** Whether the gateway serves the description of its API. */
  publishDocs: boolean;
  /** Milliseconds for which the gateway keeps a connection without a request. */
  keepAliveMs: number;
  /** Set by whoever fills one. */
  demo?: Demo;
  orders: {
    timeBudgetMs: number;
    leaseMs: number;
    paymentWindowMs: number;
    challengeMs: number;
    /** Pieces that customers may order, and hold without paying. */
    allowances: { perSku: number; perCustomer: number; perNetwork: number };
  };
  /** The first webhook secret makes signatures, all are accepted. */
  sandbox: { slowMs: number; webhookSecrets: readonly string[] };
  /** IANA name: the days of the shop are the days of this zone. */
  timeZone: string;
  /** `orderUrl` has `{id}` or `{number}` in the place of an order's own. */
  shop: { name: string; orderUrl: string | undefined; accountUrl: string | undefined };
  /** Without a server it is written to a folder, where that is wanted. */
  mail: { smtpUrl: string | undefined; toFolder: boolean; from: string; templates: string | undefined };
}

/** What the process that it runs in gives to a service. */
export interface Surroundings {
  settings: Settings;
  clock: Clock;
  /** The process's one check of access tokens. */
  verify: VerifyToken;
  /** Public keys of access tokens, said by this process as the auth service. */
  signKeys: (keys: readonly object[]) => string;
  /** Opened on first use, closed when the broker has stopped. */
  db(name: string): Database;
  log(name: string): ServiceBroker["logger"];
}

export interface ServiceDescription {
  contract: ServiceContract;
  /** Its own, by name; empty for a service without data. */
  databases: readonly DatabasePlan[];
  /** Services whose actions it calls. It starts after them where they are on their way up. */
  needs: readonly ServiceName[];
  make(around: Surroundings): ServiceSchema;
}

export type ServiceDescriptor = ServiceDescription & ((broker: ServiceBroker) => ServiceSchema);

/**
 * A node comes up without a neighbour that is away, after this long: what it can do alone is done, and who starts the nodes
 * need not know an order. Moleculer itself would wait for ever, or fail the whole node.
 */
const NEEDS_WITHIN_MS = 2_000;

/** Milliseconds between two looks for what it needs. */
const LOOK = { $dependencyInterval: 20 };

export function describeService(description: ServiceDescription): ServiceDescriptor {
  const { contract, databases, needs, make } = description;
  if ((contract.stateless === true) !== (databases.length === 0))
    throw new Error(`${contract.name}: "stateless" in the contract and the list of databases say different things`);
  const load = (broker: ServiceBroker): ServiceSchema => {
    const schema = make(surroundingsOf(broker));
    if (needs.length === 0) return schema;
    return {
      ...schema,
      dependencies: [...needs],
      settings: { ...schema.settings, ...LOOK },
      // Moleculer's own method, which its start calls with the dependencies.
      methods: { ...schema.methods, waitForServices: waitAWhile },
    };
  };
  return Object.assign(load, description);
}

async function waitAWhile(this: Service, names: string[], _timeout: number, interval: number): Promise<void> {
  try {
    await this.broker.waitForServices(names, NEEDS_WITHIN_MS, interval, this.logger);
  } catch {
    this.logger.warn(`${this.name} starts before all that it needs is there: ${names.join(", ")}`);
  }
}

const given = new WeakMap<ServiceBroker, Surroundings>();

/** Before any service is made of this broker. */
export const surround = (broker: ServiceBroker, surroundings: Surroundings): void =>
  void given.set(broker, surroundings);

/** @throws Error for a broker that was not made by moleculer.config.ts */
function surroundingsOf(broker: ServiceBroker): Surroundings {
  const surroundings = given.get(broker);
  if (surroundings === undefined)
    throw new Error("this broker was not made with moleculer.config.ts: nothing is known of databases");
  return surroundings;
}
