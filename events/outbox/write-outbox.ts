// A domain event is an outbox row in the transaction of the change that it reports. Written after the aggregate's own row
// is locked or changed, so that the rows of one aggregate are in the order of its versions.
import { randomUUIDv7 } from "node:crypto";
import type { DomainEvent } from "../../contract/events/domain-event.ts";
import type { Statement, Tx } from "../../database/database.ts";

/** Of one event's data. An event is a fact, not a file; and Kafka has to take it. */
export const MAX_DATA_BYTES = 4_000_000;

const INSERT: Statement = {
  name: "outbox_insert",
  text: `insert into outbox (event_id, type, aggregate_id, aggregate_version, data, correlation_id, causation_id,
      traceparent, occurred_at)
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::jsonb[], $6::text[], $7::text[],
      $8::text[], $9::timestamptz[])`,
};

/**
 * Writes events into the outbox of the transaction's database, in one statement however many they are, and wakes the relay
 * when the transaction has ended. Services use the checked form, `record`.
 */
export function writeOutbox(tx: Tx, events: readonly DomainEvent[]): void {
  if (events.length === 0) return;
  tx.send(INSERT, [
    events.map(() => randomUUIDv7()),
    events.map((event) => event.type),
    events.map((event) => event.aggregateId),
    events.map((event) => event.aggregateVersion),
    events.map(({ type, data }) => textOf(type, data)),
    events.map((event) => event.origin?.correlationId ?? null),
    events.map((event) => event.origin?.causationId ?? null),
    events.map((event) => event.origin?.traceparent ?? null),
    events.map((event) => event.occurredAt),
  ]);
  tx.hasRecorded();
}

function textOf(type: string, data: unknown): string {
  const text = JSON.stringify(data);
  // Characters first, which costs nothing: a character has four bytes at most.
  if (text.length * 4 > MAX_DATA_BYTES && Buffer.byteLength(text) > MAX_DATA_BYTES) {
    throw new Error(`${type} holds more than the ${MAX_DATA_BYTES} bytes that an event may have`);
  }
  return text;
}
