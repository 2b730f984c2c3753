// Events become their effect in one transaction of the consumer's own database, together with the inbox rows by which they
// are known when they come again. That is what makes at-least-once delivery have each effect once.
import type { Statement } from "../../database/database.ts";
import type { Received } from "../subscription.ts";
import type { ConsumerGroup, Position } from "./consumer-group.ts";
import { planCalls } from "./plan-calls.ts";

/** The group was rewound after this delivery had begun: it belongs to a reading that is over. */
export class StaleGeneration extends Error {}

// Shared among all who apply; a rewind shuts it. In one flight with what follows.
const ENTER: Statement = {
  name: "group_enter",
  text: "select pg_advisory_xact_lock_shared(hashtext('group ' || $1))",
};
const GENERATION: Statement = {
  name: "group_generation",
  text: "select generation from consumer_positions where consumer_group = $1 and topic = $2",
};
// In the order of their ids, so that two deliveries of the same events wait for each other in one order: the second finds
// what the first has committed.
export const REMEMBER: Statement = {
  name: "inbox_remember",
  text: `insert into inbox (consumer_group, event_id, applied_at)
    select $1, event_id, $3 from (select distinct unnest($2::uuid[]) as event_id order by 1) fresh
    on conflict (consumer_group, event_id) do nothing
    returning event_id as id`,
};

/**
 * Applies those of the events that the group has not applied yet, in order per aggregate.
 * @throws what a handler or the database throws, then nothing of it has happened; StaleGeneration
 */
export async function applyEvents(
  group: ConsumerGroup,
  events: readonly Received[],
  { topic, generation }: Pick<Position, "topic" | "generation">,
): Promise<void> {
  const ids = events.map((event) => event.id);
  await group.db.transaction(async (tx) => {
    tx.send(ENTER, [group.name]);
    const [[position], remembered] = await Promise.all([
      tx.query<{ generation: number }>(GENERATION, [group.name, topic]),
      tx.query<{ id: string }>(REMEMBER, [group.name, ids, group.clock()]),
    ]);
    if (position?.generation !== generation) throw new StaleGeneration(`${group.name} was rewound`);
    const fresh = new Set(remembered.map(({ id }) => id));
    // Deleted on the way, so that of an event that is in the batch twice only the first remains.
    const unapplied = events.filter((event) => fresh.delete(event.id));
    for (const { type, events } of planCalls(unapplied)) await group.handlerOf(type)(tx, events);
  });
}
