// The event bridge of one process: the relay of every outbox that its services have, and the groups that they consume as.
// Begins when all services are up, and ends before the first of them goes.
import { setTimeout as pause } from "node:timers/promises";
import type { Middleware, ServiceBroker } from "moleculer";
import type { Flow } from "../contract/bridge-actions.ts";
import type { Clock } from "../database/clock.ts";
import type { Database } from "../database/database.ts";
import type { CatalogueEntry } from "./catalogue.ts";
import { BACKOFF, type Backoff } from "./consumer/backoff.ts";
import { type Consumed, ConsumerGroup } from "./consumer/consumer-group.ts";
import { countDeadLetters } from "./dead-letters.ts";
import type { EventDriver, Lag } from "./driver.ts";
import type { Envelope } from "./envelope.ts";
import { readBacklog } from "./outbox/outbox-table.ts";
import { type Gathering, Relay } from "./outbox/relay.ts";
import type { Subscriptions } from "./subscription.ts";

export interface BridgeLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface BridgeOptions {
  driver: (log: BridgeLog) => EventDriver;
  /** Every event that can be consumed. */
  catalogue: ReadonlyMap<string, CatalogueEntry>;
  clock: Clock;
  backoff?: Backoff;
  /** How long published rows stay in the outboxes, in milliseconds; for ever when undefined. */
  keepMs?: number | undefined;
  gathering?: Gathering | undefined;
}

export interface Member {
  service: string;
  db: Database;
  subscriptions: Subscriptions;
}

interface Joined extends Member {
  groups: ReadonlyMap<string, ConsumerGroup>;
  relay?: Relay;
}

const bridges = new WeakMap<ServiceBroker, Bridge>();
/** The bridge of the process that this broker is the node of; a broker without one relays and consumes nothing. */
export const bridgeOf = (broker: ServiceBroker): Bridge | undefined => bridges.get(broker);

/** The hint that a service's outbox has something new, for the process that relays it. */
export const recordedHint = (service: string): string => `bridge.recorded.${service}`;
const HINT_EVERY_MS = 10;
const LAGS_WITHIN_MS = 2_000;

export class Bridge {
  readonly #options: BridgeOptions & { backoff: Backoff };
  readonly #members = new Map<string, Joined>();
  // Set when the broker is made, before any service is.
  #broker!: ServiceBroker;
  #driver!: EventDriver;
  #log!: BridgeLog;

  constructor(options: BridgeOptions) {
    this.#options = { backoff: BACKOFF, ...options };
  }

  /** Ties the bridge to the life of a broker; to be listed among its middlewares. */
  middleware(): Middleware {
    return {
      name: "EventBridge",
      created: (broker: ServiceBroker) => {
        this.#broker = broker;
        this.#log = broker.getLogger("bridge");
        this.#driver = this.#options.driver(this.#log);
        bridges.set(broker, this);
      },
      started: async () => this.#start(),
      stopping: async () => this.#stop(),
    } as unknown as Middleware;
  }

  join(member: Member): void {
    this.#members.set(member.service, { ...member, groups: this.#groupsOf(member) });
  }

  groupsOf(service: string): ReadonlyMap<string, ConsumerGroup> {
    return this.#members.get(service)?.groups ?? new Map();
  }

  /** Another process recorded something for a service whose outbox may be relayed here. */
  wake(service: string): void {
    const relay = this.#members.get(service)?.relay;
    if (relay?.leads) relay.wake();
  }

  /** The services of this process. */
  get services(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** How the events of a service of this process flow, both ways. @throws what its database throws */
  async flowOf(service: string): Promise<Flow> {
    const { db, groups } = this.#members.get(service) as Joined;
    const [backlog, parked, lags] = await Promise.all([
      readBacklog(db),
      countDeadLetters(db),
      // Unknown while the log itself cannot be asked; the outbox is seen growing all the same.
      Promise.race([
        this.#driver.lags([...groups.keys()]).catch((): Lag[] => []),
        pause(LAGS_WITHIN_MS, [] as Lag[], { ref: false }),
      ]),
    ]);
    const names = new Set([...groups.keys(), ...parked.keys()]);
    return {
      service,
      ...backlog,
      groups: [...names].map((group) => {
        const own = lags.filter((lag) => lag.group === group);
        const lag = own.reduce((sum, { events }) => sum + events, 0);
        return { group, parked: parked.get(group) ?? 0, lag, consuming: own.some(({ consuming }) => consuming) };
      }),
    };
  }

  #groupsOf({ db, subscriptions }: Member): ReadonlyMap<string, ConsumerGroup> {
    const { catalogue, clock, backoff } = this.#options;
    const events = new Map<string, Map<string, Consumed>>();
    for (const [type, { group, handler }] of Object.entries(subscriptions)) {
      const entry = catalogue.get(type);
      if (entry === undefined) throw new Error(`${group} subscribes to ${type}, which no contract declares`);
      events.set(group, (events.get(group) ?? new Map<string, Consumed>()).set(type, { ...entry, handler }));
    }
    const log = this.#log;
    return new Map(
      [...events].map(([name, each]) => [name, new ConsumerGroup({ name, db, events: each, clock, backoff, log })]),
    );
  }

  // Consumers before relays: what is published must find the groups that it is for.
  #start(): void {
    for (const { groups } of this.#members.values()) for (const group of groups.values()) this.#driver.subscribe(group);
    for (const member of this.#members.values()) this.#relay(member);
  }

  #relay(member: Joined): void {
    const { service, db } = member;
    const topic = [...this.#options.catalogue.values()].find((entry) => entry.service === service)?.topic;
    if (topic === undefined) return;
    const relay = new Relay({
      db,
      service,
      topic,
      driver: this.#driver,
      log: this.#log,
      keepMs: this.#options.keepMs,
      gathering: this.#options.gathering,
      onPublished: (envelopes) => this.#hint(envelopes),
      onElsewhere: throttled(HINT_EVERY_MS, () => void this.#broker.broadcast(recordedHint(service))),
    });
    member.relay = relay;
    db.onRecorded = () => relay.wake();
    relay.start();
  }

  /** For live views and caches inside the cluster, on every node of it: may be lost, may come twice. */
  #hint(envelopes: readonly Envelope[]): void {
    const broker = this.#broker;
    const heard = new Map<string, boolean>();
    for (const envelope of envelopes) {
      const { type } = envelope;
      if (!heard.has(type)) heard.set(type, broker.getEventGroups(type).length > 0);
      if (!heard.get(type)) continue;
      const { json, ...attributes } = envelope;
      void broker.broadcast(type, { ...attributes, data: JSON.parse(json) });
    }
  }

  async #stop(): Promise<void> {
    const driver = this.#driver;
    const relays = [...this.#members.values()].map(({ relay }) => relay?.stop());
    await driver.stopDelivering();
    await Promise.all(relays);
    await driver.close();
  }
}

/** At most once per `ms`; a call in between is made up for at its end. */
function throttled(ms: number, act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let again = false;
  return function hint() {
    if (timer !== undefined) {
      again = true;
      return;
    }
    act();
    timer = setTimeout(() => {
      timer = undefined;
      if (again) {
        again = false;
        hint();
      }
    }, ms);
    timer.unref();
  };
}
