// The outbox as the relay sees it: rows that are not published yet, in the order of their ids. Never `id > cursor`: ids are
// given out before the transactions commit, and a cursor would pass by a row that commits late.
import type { Client } from "pg";
import type { Database, Statement } from "../../database/database.ts";
import type { Envelope } from "../envelope.ts";

interface Row {
  id: string;
  event_id: string;
  type: string;
  aggregate_id: string;
  aggregate_version: number;
  json: string;
  correlation_id: string | null;
  causation_id: string | null;
  traceparent: string | null;
  occurred_at: Date;
}

const COLUMNS = `id, event_id, type, aggregate_id, aggregate_version, data::text as json, correlation_id, causation_id,
  traceparent, occurred_at`;
const UNSENT: Statement = {
  name: "outbox_unsent",
  text: `select ${COLUMNS} from outbox where published_at is null and id not in (select unnest($1::bigint[])) order by id limit $2`,
};
const MARK: Statement = {
  name: "outbox_mark",
  text: "update outbox set published_at = clock_timestamp() where id = any($1::bigint[])",
};
// A cursor is right here: of what is published nothing can be published late.
const HISTORY: Statement = {
  name: "outbox_history",
  text: `select ${COLUMNS} from outbox where published_at is not null and type = any($1) and id > $2
    order by id limit $3`,
};
const PURGE: Statement = {
  name: "outbox_purge",
  text: `delete from outbox where id in (
      select id from outbox where published_at < clock_timestamp() - $1 * interval '1 millisecond' limit $2
    )`,
};
const PURGED_AT_ONCE = 10_000;
const BACKLOG: Statement = {
  name: "outbox_backlog",
  text: `select count(*)::int as unsent,
      coalesce(extract(epoch from clock_timestamp() - min(occurred_at)), 0)::float8 as "oldestSeconds"
    from outbox where published_at is null`,
};

export interface OutboxRow {
  id: string;
  envelope: Envelope;
}

export interface Backlog {
  unsent: number;
  /** Age of the oldest unsent event; 0 when there is none. */
  oldestSeconds: number;
}

/** The next unsent rows. @param besides ids of rows that are being sent already */
export async function readUnsent(
  client: Client,
  { topic, besides, limit }: { topic: string; besides: readonly string[]; limit: number },
): Promise<OutboxRow[]> {
  const { rows } = await client.query<Row>({ ...UNSENT, values: [besides, limit] });
  return rows.map((row) => ({ id: row.id, envelope: envelopeOf(row, topic) }));
}

/** To be called when the events are safe elsewhere, never before. */
export async function markPublished(client: Client, ids: readonly string[]): Promise<void> {
  await client.query({ ...MARK, values: [ids] });
}

/** Published events of these types after a position, in order. */
export async function readPublished(
  client: Client,
  { topic, types, after, limit }: { topic: string; types: readonly string[]; after: string; limit: number },
): Promise<OutboxRow[]> {
  const { rows } = await client.query<Row>({ ...HISTORY, values: [types, after, limit] });
  return rows.map((row) => ({ id: row.id, envelope: envelopeOf(row, topic) }));
}

/** Forgets what was published longer ago, in portions that hold nobody up. */
export async function purgePublished(client: Client, keepMs: number): Promise<void> {
  for (let gone = PURGED_AT_ONCE; gone === PURGED_AT_ONCE; ) {
    const { rowCount } = await client.query({ ...PURGE, values: [keepMs, PURGED_AT_ONCE] });
    gone = rowCount ?? 0;
  }
}

export async function readBacklog(db: Database): Promise<Backlog> {
  const [backlog] = await db.query<Backlog & Record<string, unknown>>(BACKLOG);
  return backlog as Backlog;
}

const envelopeOf = (row: Row, topic: string): Envelope => ({
  id: row.event_id,
  type: row.type,
  topic,
  subject: row.aggregate_id,
  aggregateVersion: row.aggregate_version,
  time: row.occurred_at.toISOString(),
  json: row.json,
  correlationId: row.correlation_id,
  causationId: row.causation_id,
  traceparent: row.traceparent,
});
