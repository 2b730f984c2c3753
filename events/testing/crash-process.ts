// A process that sells and consumes as it is told to, and dies where it is told to.
import { setTimeout as pause } from "node:timers/promises";
import { writeOutbox } from "../outbox/write-outbox.ts";
import { type Crash, dieAt, POISON, wrapEverything } from "./crash-points.ts";
import { type RigSettings, startNode } from "./rig-node.ts";
import { sales } from "./sales.ts";

export interface Order {
  crash?: Crash;
  /** Events of these aggregates, one each per transaction, so many transactions. */
  sell?: { aggregates: string[]; times: number };
  stop?: true;
}
export interface Start {
  place: RigSettings;
  seenFile: string;
}

const PACE_MS = 10;
const VERSIONS = {
  name: "test_versions",
  text: "select aggregate_id as id, max(aggregate_version) as version from outbox group by 1",
};

async function main({ place, seenFile }: Start): Promise<void> {
  wrapEverything(seenFile);
  const node = await startNode(
    place,
    {
      before(_tx, events) {
        if (events.some(({ aggregateId }) => aggregateId === POISON)) throw new Error("cannot be applied");
      },
    },
    String(process.pid),
  );
  const [shop] = node.databases as [(typeof node.databases)[0]];
  const known = await shop.query<{ id: string; version: number }>(VERSIONS);
  const sale = sales(new Map(known.map(({ id, version }) => [id, version])));
  process.on("message", async ({ crash, sell, stop }: Order) => {
    if (crash !== undefined) dieAt(crash);
    for (let i = 0; i < (sell?.times ?? 0); i++) {
      await shop.transaction(async (tx) => writeOutbox(tx, sale(sell?.aggregates ?? [])));
      // Spread, so that what is to be interrupted happens again and again instead of once for all of them.
      if (crash !== undefined) await pause(PACE_MS);
    }
    if (stop) process.disconnect();
  });
  process.once("disconnect", async () => {
    await node.broker.stop();
    for (const db of node.databases) await db.close();
  });
  process.send?.("up");
}

await main(JSON.parse(process.argv[2] as string) as Start);
