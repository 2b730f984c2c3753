// Where a process dies, of itself and with SIGKILL, as if the machine had lost its power: by wrapping what the bridge calls,
// so that the code under test knows nothing of it. For a process of its own; what is wrapped stays wrapped.
import { appendFileSync } from "node:fs";
import { createRequire } from "node:module";
import pg, { type Client, type QueryConfig, type QueryResult } from "pg";
import { LocalLane } from "../local/local-lane.ts";

export const CRASH_POINTS = [
  "relay: read, not yet published",
  "relay: published, not yet marked",
  "relay: marked",
  "consumer: written, not yet committed",
  "consumer: committed, not yet acknowledged",
  "consumer: acknowledged",
  "consumer: parked, not yet acknowledged",
  "consumer: in the middle of a rewind's catch-up",
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** An event of this aggregate cannot be applied. */
export const POISON = "poison";

export interface Crash {
  point: CrashPoint;
  /** Dies when it gets there for the n-th time. */
  hit: number;
}

let awaited: Crash | undefined;

export function dieAt(crash: Crash): void {
  awaited = crash;
}

function reached(point: CrashPoint): void {
  if (awaited?.point === point && --awaited.hit === 0) process.kill(process.pid, "SIGKILL");
}

type Query = (this: Client, config: QueryConfig | string, ...rest: unknown[]) => Promise<QueryResult>;
/** What the transaction that is open on a connection has done so far. */
const done = new WeakMap<Client, { what: "applied" | "parked"; sent: Promise<unknown> }>();

/** @param seenFile gets a line for all that a consumer is handed: which events, and which of them its inbox did not know */
export function wrapEverything(seenFile: string): void {
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const query = prototype.query;
  prototype.query = function (config, ...rest) {
    const name = typeof config === "object" ? config.name : undefined;
    const send = () => query.call(this, config, ...rest);
    if (name === "outbox_unsent") return after(send(), ({ rows }) => rows.length > 0 && reached(CRASH_POINTS[0]));
    if (name === "outbox_mark") {
      reached("relay: published, not yet marked");
      return after(send(), () => reached("relay: marked"));
    }
    if (name === "inbox_remember") {
      const ids = (config as { values: unknown[] }).values[1];
      return after(send(), ({ rows }) => {
        appendFileSync(seenFile, `${JSON.stringify({ pid: process.pid, ids, fresh: rows.map(({ id }) => id) })}\n`);
      });
    }
    if (name === "test_effects" || name === "dead_letters_park") {
      const sent = send();
      done.set(this, { what: name === "test_effects" ? "applied" : "parked", sent });
      return sent;
    }
    if (name === "rollback") done.delete(this);
    return name === "commit" ? commit(this, send) : send();
  };
  wrapAcknowledgements();
}

async function commit(client: Client, send: () => Promise<QueryResult>): Promise<QueryResult> {
  const before = done.get(client);
  done.delete(client);
  // Together they would leave in one packet.
  if (before?.what === "applied" && awaited?.point === "consumer: written, not yet committed") {
    await before.sent;
    reached("consumer: written, not yet committed");
  }
  const result = await send();
  if (before?.what === "applied") reached("consumer: committed, not yet acknowledged");
  if (before?.what === "applied") reached("consumer: in the middle of a rewind's catch-up");
  if (before?.what === "parked") reached("consumer: parked, not yet acknowledged");
  return result;
}

function wrapAcknowledgements(): void {
  const offsets = createRequire(import.meta.url)("kafkajs/src/consumer/offsetManager/index.js") as {
    prototype: { commitOffsets(...args: unknown[]): Promise<unknown> };
  };
  const commitOffsets = offsets.prototype.commitOffsets;
  offsets.prototype.commitOffsets = function (...args) {
    return after(commitOffsets.apply(this, args), () => reached("consumer: acknowledged"));
  };
  const accept = LocalLane.prototype.accept;
  LocalLane.prototype.accept = function (...args) {
    return after(accept.apply(this, args), () => reached("consumer: acknowledged"));
  };
}

async function after<T>(promise: Promise<T>, act: (result: T) => unknown): Promise<T> {
  const result = await promise;
  act(result);
  return result;
}
