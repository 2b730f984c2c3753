// What the load's process and the shop's process say to each other.

export interface Ready {
  kind: "ready";
  /** Where the gateway listens. */
  url: string;
  postgresPid: number;
  /** Of the shop's databases, by service. */
  shopUrls: Record<string, string>;
  /** Of the databases for the floor, by service. */
  floorUrls: Record<string, string>;
}

/** Counted since the start of the process. */
export interface Counters {
  kind: "counters";
  /** Milliseconds of CPU of the whole process, user and system, all threads. */
  cpuMs: number;
  /** SQL statements sent, BEGIN and COMMIT included. */
  statements: number;
}

export type FromShop = Ready | Counters | { kind: "closed" } | { kind: "failed"; reason: string };
export type ToShop = "counters" | "close";
