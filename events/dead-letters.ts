// What operators do with parked events: look, try again, give up on.
import type { BridgeResult, DeadLetter } from "../contract/bridge-actions.ts";
import type { Database, Statement, Tx } from "../database/database.ts";
import { causeOf } from "./cause-of.ts";
import type { ConsumerGroup } from "./consumer/consumer-group.ts";
import type { Delivery } from "./envelope.ts";

interface Row extends Record<string, unknown> {
  id: string;
  group: string;
  event: Delivery;
  attempts: number;
  error: string;
  parkedAt: Date;
}

const COLUMNS = `id, consumer_group as "group", event, attempts, error, parked_at as "parkedAt"`;
// UUIDv7: the newest first.
const LIST: Statement = {
  name: "dead_letters_list",
  text: `select ${COLUMNS} from dead_letters where $1::uuid is null or id < $1 order by id desc limit $2`,
};
const LOCK: Statement = {
  name: "dead_letters_lock",
  text: `select ${COLUMNS} from dead_letters where id = $1 for update`,
};
const FAILED: Statement = {
  name: "dead_letters_failed",
  text: "update dead_letters set attempts = attempts + 1, error = $2 where id = $1",
};
const REMOVE: Statement = { name: "dead_letters_remove", text: "delete from dead_letters where id = $1 returning id" };

const COUNT: Statement = {
  name: "dead_letters_count",
  text: `select consumer_group as "group", count(*)::int as count from dead_letters group by 1`,
};
const FIND: Statement = { name: "dead_letters_find", text: `select ${COLUMNS} from dead_letters where id = $1` };

/** By group. */
export async function countDeadLetters(db: Database): Promise<ReadonlyMap<string, number>> {
  const rows = await db.query<{ group: string; count: number }>(COUNT);
  return new Map(rows.map(({ group, count }) => [group, count]));
}

export async function findDeadLetter(db: Database, id: string): Promise<DeadLetter | null> {
  const [row] = await db.query<Row>(FIND, [id]);
  return row === undefined ? null : present(row);
}

export async function listDeadLetters(
  db: Database,
  { after = null, limit }: { after?: string | null; limit: number },
): Promise<DeadLetter[]> {
  return (await db.query<Row>(LIST, [after, limit])).map(present);
}

/**
 * Applies a parked event now, and takes it off the list in the same transaction. Its inbox row is there already, so that no
 * other delivery of it can come between. Later events of its aggregate have been applied before it.
 */
export async function replayDeadLetter(
  db: Database,
  groups: ReadonlyMap<string, ConsumerGroup>,
  id: string,
): Promise<BridgeResult<"deadLetters.replay">> {
  try {
    const outcome = await db.transaction(async (tx): Promise<"applied" | "not_found"> => {
      const [row] = await tx.query<Row>(LOCK, [id]);
      if (row === undefined) return "not_found";
      await applyParked(tx, row, groups.get(row.group));
      tx.send(REMOVE, [id]);
      return "applied";
    });
    return { outcome };
  } catch (error) {
    const reason = causeOf(error).slice(0, 2_000);
    await db.query(FAILED, [id, reason]);
    return { outcome: "failed", error: reason };
  }
}

async function applyParked(tx: Tx, row: Row, group: ConsumerGroup | undefined): Promise<void> {
  if (group === undefined) throw new Error(`nobody consumes as ${row.group} any more`);
  const event = group.read(row.event);
  if (typeof event === "string") throw new Error(event);
  if (!group.wants(event.type)) throw new Error(`${row.group} does not consume ${event.type} any more`);
  await group.handlerOf(event.type)(tx, [event]);
}

/** @returns false when there is none */
export async function discardDeadLetter(db: Database, id: string): Promise<boolean> {
  return (await db.query(REMOVE, [id])).length > 0;
}

function present({ id, group, event, attempts, error, parkedAt }: Row): DeadLetter {
  const { json, ...rest } = event as Delivery & { json?: string };
  const shown = json === undefined ? rest : { ...rest, data: dataOf(json) };
  return {
    id,
    group,
    event: shown as unknown as Record<string, unknown>,
    attempts,
    error,
    parkedAt: parkedAt.toISOString(),
  };
}

/** What was parked for being no JSON is shown as the text that it is. */
function dataOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
