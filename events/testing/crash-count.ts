// What became of the events of a crash, as the databases have it and the process wrote down before it died.
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { until } from "../../tests/support/until.ts";
import type { Rig } from "./bridge-rig.ts";

export interface Outcome {
  committed: number;
  /** Events that had their effect. */
  applied: number;
  /** Effects beyond one per event. */
  twice: number;
  parked: number;
  /** Deliveries of events that had been delivered before. */
  again: number;
  lost: number;
  /** Aggregates whose effects are out of order, or have gaps. */
  disordered: number;
}

/** Waits until nothing is under way any more, as far as the databases say. */
export async function drained(rig: Rig): Promise<void> {
  await until(
    "everything is published, and applied or parked",
    async () => {
      const [unsent, committed, [settled]] = await Promise.all([rig.unsent(), committedIn(rig), settledIn(rig)]);
      if (unsent === 0 && Number(settled?.applied) + Number(settled?.parked) >= committed) return true;
      await pause(20);
      return false;
    },
    40_000,
  );
}

export const committedIn = async (rig: Rig): Promise<number> => {
  const [row] = await rig.source.query<{ count: number }>({
    name: "test_committed",
    text: "select count(*)::int as count from outbox",
  });
  return row?.count as number;
};

const settledIn = (rig: Rig) =>
  rig.sink.query<{ applied: number; distinct: number; parked: number }>({
    name: "test_settled",
    text: `select count(*)::int as applied, count(distinct event_id)::int as distinct,
      (select count(*)::int from dead_letters) as parked from effects`,
  });

export async function countOutcome(
  rig: Rig,
  { before, dead, seenFile }: { before: number; dead: number; seenFile: string },
): Promise<Outcome> {
  const [committed, [settled], disordered] = await Promise.all([committedIn(rig), settledIn(rig), disorderedIn(rig)]);
  const { applied = 0, distinct = 0, parked = 0 } = settled ?? {};
  const lost = committed - distinct - parked;
  const ofPoint = committed - before;
  return {
    committed: ofPoint,
    applied: ofPoint - parked - lost,
    twice: applied - distinct,
    parked,
    again: deliveredAgain(seenFile, dead),
    lost,
    disordered,
  };
}

async function disorderedIn(rig: Rig): Promise<number> {
  const next = new Map<string, number>();
  const disordered = new Set<string>();
  for (const { aggregate, version } of await rig.effects()) {
    if (version !== (next.get(aggregate) ?? 1)) disordered.add(aggregate);
    next.set(aggregate, version + 1);
  }
  return disordered.size;
}

/** Known to the inbox when they came, or begun with by the process that died and then done by the next. */
function deliveredAgain(seenFile: string, dead: number): number {
  const lines = readFileSync(seenFile, "utf8").split("\n").filter(Boolean);
  const seen = lines.map((line) => JSON.parse(line) as { pid: number; ids: string[]; fresh: string[] });
  const begun = new Set(seen.filter(({ pid }) => pid === dead).flatMap(({ ids }) => ids));
  let again = 0;
  for (const { pid, ids, fresh } of seen) {
    again += ids.length - fresh.length;
    if (pid !== dead) again += fresh.filter((id) => begun.delete(id)).length;
  }
  return again;
}
