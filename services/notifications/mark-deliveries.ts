// What became of a batch of mails: one statement for all of them, and an event for each that came to its end.

import type { Origin } from "../../contract/events/domain-event.ts";
import type { EventOf } from "../../contract/events/events.ts";
import type { Database, Statement } from "../../database/database.ts";
import { record } from "../../events/outbox/record.ts";
import type { DeliveryKind, DeliveryState } from "./delivery-kinds.ts";
import { MAX_ATTEMPTS, retryDelay } from "./retry-delay.ts";

export interface Outcome {
  delivery: { id: string; orderId: string; kind: DeliveryKind; attempts: number } & Origin;
  status: DeliveryState;
  /** When it is tried again. */
  wakeAt: Date | null;
  /** Different from the claim's where the claim came to nothing. */
  attempts: number;
  error: string | null;
}

// Whoever outlasted its lease and was overtaken has no say any more, except that what was sent was sent.
const MARK: Statement = {
  name: "deliveries_mark",
  text: `update deliveries set status = outcome.status, attempts = outcome.attempts,
      wake_at = case when not $8::boolean then outcome.wake_at end,
      compose_at = case when $8::boolean then outcome.wake_at end,
      error = outcome.error, sent_at = case when outcome.status = 'SENT' then $7::timestamptz end
    from unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $5::int[], $6::text[])
      as outcome (id, claim, status, wake_at, attempts, error)
    where deliveries.id = outcome.id and deliveries.status = 'PENDING' and (compose_at is not null) = $8::boolean
      and (deliveries.attempts = outcome.claim or outcome.status = 'SENT')
    returning deliveries.id`,
};

/**
 * What became of an attempt that came to nothing: it is tried again later, or it has failed.
 * @param forGood another attempt would fare the same
 */
export function failedAttempt(delivery: Outcome["delivery"], error: unknown, now: Date, forGood = false): Outcome {
  const { attempts } = delivery;
  const failed = { delivery, attempts, error: sentence(error) };
  if (forGood || attempts >= MAX_ATTEMPTS) return { ...failed, status: "FAILED", wakeAt: null };
  return { ...failed, status: "PENDING", wakeAt: new Date(now.getTime() + retryDelay(attempts, Math.random())) };
}

/** What went wrong is put in a row: of bounded length, and without the characters that a text column refuses. */
const sentence = (error: unknown): string =>
  String(error instanceof Error ? error.message : error)
    .replace(/\p{Cc}+/gu, " ")
    .slice(0, 500)
    .toWellFormed();

/** @param step what was attempted; a mail that has gone on to the next meanwhile is left alone */
export async function markDeliveries(
  db: Pick<Database, "transaction">,
  step: "composing" | "sending",
  outcomes: readonly Outcome[],
  now: Date,
): Promise<void> {
  const inOrder = outcomes.toSorted((one, other) => (one.delivery.id < other.delivery.id ? -1 : 1));
  await db.transaction(async (tx) => {
    const marked = await tx.query<{ id: string }>(MARK, [
      inOrder.map(({ delivery }) => delivery.id),
      inOrder.map(({ delivery }) => delivery.attempts),
      inOrder.map((outcome) => outcome.status),
      inOrder.map((outcome) => outcome.wakeAt),
      inOrder.map((outcome) => outcome.attempts),
      inOrder.map((outcome) => outcome.error),
      now,
      step === "composing",
    ]);
    const changed = new Set(marked.map((row) => row.id));
    record(
      tx,
      inOrder.filter(({ delivery }) => changed.has(delivery.id)).flatMap((outcome) => eventOf(outcome, now)),
    );
  });
}

function eventOf(
  { delivery, status, error }: Outcome,
  now: Date,
): EventOf<"notifications.sent" | "notifications.failed">[] {
  if (status === "PENDING") return [];
  const { id, orderId, kind, correlationId, causationId, traceparent } = delivery;
  const told = { deliveryId: id, orderId, kind };
  const fact = {
    aggregateId: id,
    // A delivery ends once, and tells nothing before.
    aggregateVersion: 1,
    occurredAt: now,
    origin: { correlationId, causationId, traceparent },
  };
  return status === "SENT"
    ? [{ ...fact, type: "notifications.sent", data: told }]
    : [{ ...fact, type: "notifications.failed", data: { ...told, reason: error ?? "unknown" } }];
}
