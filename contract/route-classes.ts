// How much of each kind of request one client may ask. The figures are chosen so that people behind one address (a household,
// an office) do not notice them, and a program that registers, guesses, orders or scrapes does.
/** Requests within a window of so many seconds, which begins with a client's first one. */
export interface ClassLimits {
  seconds: number;
  /** Of one network (an IPv4 address, the /64 of an IPv6 address) whose requests name nobody. */
  client: number;
  /** Of one network whose requests bring tokens, good or bad: wider, since those who share it are told apart by `user`. */
  network: number;
  /** Of one signed-in user, from wherever. */
  user: number;
  /** Of one member of staff, from wherever: imports and replays. It draws on nothing else. */
  staff: number;
}

const MINUTE = 60;
const HOUR = 3_600;
const STAFF = 60_000;

/** What a request is, for how often it may come. */
export const ROUTE_CLASSES = {
  /** Health checks, the front page, documents, keys. */
  entrance: { seconds: MINUTE, client: 6_000, network: 6_000, user: 6_000, staff: STAFF },
  read: { seconds: MINUTE, client: 1_200, network: 12_000, user: 1_200, staff: STAFF },
  search: { seconds: MINUTE, client: 300, network: 3_000, user: 300, staff: STAFF },
  write: { seconds: MINUTE, client: 120, network: 1_200, user: 240, staff: STAFF },
  checkout: { seconds: MINUTE, client: 20, network: 200, user: 20, staff: STAFF },
  /** Each is a password hashed, and a guess at some account. */
  login: { seconds: 10 * MINUTE, client: 100, network: 100, user: 100, staff: 100 },
  /** What keeps a session going, or ends it. */
  session: { seconds: MINUTE, client: 120, network: 120, user: 120, staff: STAFF },
  registration: { seconds: HOUR, client: 20, network: 20, user: 20, staff: STAFF },
  /** What sends a message to an address that somebody names. */
  recovery: { seconds: HOUR, client: 20, network: 20, user: 20, staff: STAFF },
  /** Signed by their senders, who come in bursts. */
  webhook: { seconds: MINUTE, client: 6_000, network: 6_000, user: 6_000, staff: STAFF },
  /** For members of staff; from anybody else it can only be refused. */
  staff: { seconds: MINUTE, client: 60, network: 1_200, user: 60, staff: STAFF },
} as const satisfies Record<string, ClassLimits>;
export type RouteClass = keyof typeof ROUTE_CLASSES;

/** The limits of one system. */
export interface RateLimits {
  /** A class that is not in it is not limited. */
  classes: Partial<Record<RouteClass, ClassLimits>>;
  /** Where several gateways count together; each counts for itself where there is none. */
  redisUrl: string | undefined;
  /** PEM of the authority that signs for it, where the system does not know it. */
  redisCa?: string | undefined;
  /** Begins every key in Redis, before a colon. */
  prefix: string;
}
