// Events such as the shop records for confirmed orders: two lines, its customer, its origin.
import type { EventOf } from "../../contract/events/events.ts";
import type { Database } from "../../database/database.ts";
import { record } from "../../events/outbox/record.ts";
import { draftOrder } from "../floor/draft-order.ts";
import { chooseSkus } from "../load/choose-skus.ts";

export type Confirmed = EventOf<"orders.confirmed">;

const SKUS = Array.from({ length: 100 }, (_, number) => `SKU-${String(number).padStart(3, "0")}`);
const COUNTRIES = ["GB", "FR", "DE", "NL", "IE", "ES"];
const AT_ONCE = 2_000;

export function confirmedOrder(number: number): Confirmed {
  const { id, at, facts, origin } = draftOrder(chooseSkus(SKUS, number, false));
  const country = COUNTRIES[number % COUNTRIES.length];
  return {
    type: "orders.confirmed",
    aggregateId: id,
    aggregateVersion: 2,
    data: { ...JSON.parse(facts), country } as Confirmed["data"],
    occurredAt: at,
    origin: {
      correlationId: origin.correlation_id,
      causationId: origin.causation_id,
      traceparent: origin.traceparent,
    },
  };
}

/** Records so many, as services do, a few thousand in each transaction. */
export async function fillOutbox(db: Database, count: number): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const events = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => confirmedOrder(from + i));
    await db.transaction(async (tx) => record(tx, events));
  }
}
