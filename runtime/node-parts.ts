// What the services of one process share: its event bridge, its check of access tokens, and the databases that they open.
import type { Middleware, ServiceBroker } from "moleculer";
import type { VerifyToken } from "../contract/access-tokens.ts";
import { systemClock } from "../database/clock.ts";
import { Database } from "../database/database.ts";
import { Bridge } from "../events/bridge.ts";
import { bridgeCatalogue } from "../events/catalogue.ts";
import { kafkaDriver } from "../events/kafka/kafka-driver.ts";
import { localDriver } from "../events/local/local-driver.ts";
import { askAuth, endedSessions, hearOfEnded } from "../middlewares/ended-sessions.ts";
import { type Trust, trustOf } from "../middlewares/trust/trust.ts";
import { keysFromAuth, tokenVerifier } from "../middlewares/verify-token.ts";
import { surround } from "../mixins/service.ts";
import type { Config } from "./config.ts";

export interface NodeParts {
  bridge: Bridge;
  verify: VerifyToken;
  trust: Trust;
  /** By name, opened on first use; closed when the broker has stopped. */
  databases: ReadonlyMap<string, Database>;
  /** To be listed among the broker's: they tie the parts to its life. */
  middlewares: readonly Middleware[];
}

export function nodeParts(config: Config): NodeParts {
  const { kafka, tokens, poolSize, outboxKeepMs: keepMs } = config;
  const clock = systemClock;
  const trust = trustOf(config.trust, clock);
  const ended = endedSessions({ clock, ask: askAuth });
  const verify = tokenVerifier({ ...tokens, clock, keys: keysFromAuth(trust), ended });
  const bridge = new Bridge({
    driver: (log) => (kafka === undefined ? localDriver({ log }) : kafkaDriver({ ...kafka, log })),
    catalogue: bridgeCatalogue,
    clock,
    keepMs,
  });
  const databases = new Map<string, Database>();

  function db(name: string): Database {
    const database = new Database({ url: config.databaseUrl(name), poolSize, applicationName: name });
    databases.set(name, database);
    return database;
  }

  const surroundings = {
    name: "Surroundings",
    created: (broker: ServiceBroker) => {
      broker.createService(hearOfEnded(ended));
      surround(broker, {
        settings: config,
        clock,
        verify,
        signKeys: trust.signKeys,
        db,
        log: (name) => broker.getLogger(name),
      });
    },
    // What no service brought a mixin for, such as the sandbox's, is closed here.
    stopped: async () => {
      await Promise.all([...databases.values()].map((database) => database.close()));
    },
  } as unknown as Middleware;
  return { bridge, verify, trust, databases, middlewares: [bridge.middleware(), surroundings] };
}
