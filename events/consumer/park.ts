// An event that cannot be applied is set aside, with the reason, so that those behind it go on. It counts as dealt with: a
// further delivery of it finds its inbox row. Operators replay or discard it.
import { randomUUIDv7 } from "node:crypto";
import type { Statement } from "../../database/database.ts";
import type { Delivery } from "../envelope.ts";
import { REMEMBER } from "./apply-events.ts";
import type { ConsumerGroup } from "./consumer-group.ts";

const PARK: Statement = {
  name: "dead_letters_park",
  text: `insert into dead_letters (id, consumer_group, event_id, event, attempts, error, parked_at)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (consumer_group, event_id) do nothing`,
};
const LONGEST_REASON = 2_000;

export async function park(
  group: ConsumerGroup,
  delivery: Delivery,
  { attempts, reason }: { attempts: number; reason: string },
): Promise<void> {
  const now = group.clock();
  await group.db.transaction(async (tx) => {
    const fresh = await tx.query(REMEMBER, [group.name, [delivery.id], now]);
    if (fresh.length === 0) return;
    const text = reason.replaceAll("\0", "").slice(0, LONGEST_REASON);
    tx.send(PARK, [randomUUIDv7(), group.name, delivery.id, storable(delivery), attempts, text, now]);
  });
}

/** As JSON that the database takes. The data is in it as text, so that an escape in there is none of the database's business. */
const storable = (delivery: Delivery): string =>
  JSON.stringify(delivery, (_key, value: unknown) => (typeof value === "string" ? value.replaceAll("\0", "") : value));
