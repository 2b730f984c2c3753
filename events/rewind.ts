// Building a read model anew: what it holds, the memory of what was applied and what was parked go in one transaction, and
// the group's generation rises, by which every node finds out that the group reads its topics from the start again. What a
// node applies meanwhile under the old generation is remembered in the same inbox, so that nothing counts twice.
import type { Database, Statement, Tx } from "../database/database.ts";

/** Waits for applications under way, and keeps new ones out until the rewind has committed. */
const SHUT: Statement = { name: "group_shut", text: "select pg_advisory_xact_lock(hashtext('group ' || $1))" };
/** A long history takes longer to forget than a statement of everyday work may. */
const TAKE_YOUR_TIME: Statement = { name: "group_no_timeout", text: "set local statement_timeout = '10min'" };
const FORGET_APPLIED: Statement = { name: "inbox_forget", text: "delete from inbox where consumer_group = $1" };
const FORGET_PARKED: Statement = {
  name: "dead_letters_forget",
  text: "delete from dead_letters where consumer_group = $1",
};
const RAISE: Statement = {
  name: "positions_raise",
  text: "update consumer_positions set generation = generation + 1 where consumer_group = $1",
};

/**
 * @param clear empties what the group has built, in the same transaction, and has no effect outside of it
 * @param needed whether it still is to be, asked when nobody applies any more: of several who want the same the first does it
 * @returns whether it was rewound
 */
export async function rewindGroup(
  db: Database,
  group: string,
  clear: (tx: Tx) => Promise<void>,
  needed: (tx: Tx) => Promise<boolean> = async () => true,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    tx.send(TAKE_YOUR_TIME);
    await tx.query(SHUT, [group]);
    if (!(await needed(tx))) return false;
    tx.send(FORGET_APPLIED, [group]);
    tx.send(FORGET_PARKED, [group]);
    tx.send(RAISE, [group]);
    await clear(tx);
    return true;
  });
}
