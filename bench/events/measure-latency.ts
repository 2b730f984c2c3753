// How long an event takes when there is no other: from the commit of the change to the commit of its effect.
import { setTimeout as pause } from "node:timers/promises";
import type { Database, Tx } from "../../database/database.ts";
import type { EventDriver } from "../../events/driver.ts";
import { record } from "../../events/outbox/record.ts";
import { percentile } from "../measure/percentile.ts";
import { confirmedOrder } from "./confirmed-orders.ts";
import type { Rig } from "./rig.ts";

/** Milliseconds. */
export interface LatencyFigures {
  samples: number;
  p50: number;
  p99: number;
  max: number;
}

/** Between two events; by chance half as long to half as long again, so that no timer of the bridge falls into step. */
const EVERY_MS = 200;
const UNCOUNTED = 10;

export async function measureLatency(rig: Rig, driver: EventDriver, samples: number): Promise<LatencyFigures> {
  const nextCommit = watchCommits(rig.reports);
  const relay = rig.relay(driver);
  relay.start();
  const taken: number[] = [];
  for (let number = 0; number < UNCOUNTED + samples; number++) {
    await pause(EVERY_MS * (0.5 + Math.random()));
    const effect = nextCommit();
    await rig.orders.transaction(async (tx) => record(tx, [confirmedOrder(number)]));
    const committed = performance.now();
    const ms = (await effect) - committed;
    if (number >= UNCOUNTED) taken.push(ms);
  }
  await relay.stop();
  const sorted = taken.toSorted((one, other) => one - other);
  return { samples, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), max: percentile(sorted, 1) };
}

/** @returns a function that resolves with the time at which the database's next transaction has committed */
function watchCommits(db: Database): () => Promise<number> {
  let told: (at: number) => void = () => {};
  const transaction = db.transaction.bind(db);
  db.transaction = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    const result = await transaction(work);
    told(performance.now());
    return result;
  };
  return () =>
    new Promise((resolve) => {
      told = resolve;
    });
}
