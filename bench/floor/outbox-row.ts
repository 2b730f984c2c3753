import { randomUUIDv7 } from "node:crypto";
import type { Draft } from "./draft-order.ts";
import { insertRows, type Statement } from "./statement.ts";

/** @param data JSON */
export const outboxRow = (type: string, version: number, { id, origin, at }: Draft, data: string): Statement =>
  insertRows("outbox", [
    {
      event_id: randomUUIDv7(),
      type,
      aggregate_id: id,
      aggregate_version: version,
      data,
      ...origin,
      occurred_at: at,
    },
  ]);
