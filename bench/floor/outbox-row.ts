import { randomUUIDv7 } from "node:crypto";
import type { Draft } from "./draft-order.ts";
import type { Statement } from "./statement.ts";

/** @param data JSON */
export const outboxRow = (type: string, { id, at }: Draft, data: string): Statement => ({
  name: "outbox",
  text: `insert into outbox (event_id, type, aggregate_id, aggregate_version, data, occurred_at)
    values ($1, $2, $3, 1, $4, $5)`,
  values: [randomUUIDv7(), type, id, data, at],
});
