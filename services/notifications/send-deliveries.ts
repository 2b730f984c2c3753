// The worker's second half: what is written and due is claimed, sent, and marked. Any number of nodes may look at once: a row is claimed by one of
// them, and its lease keeps the others away. Nothing is sent inside a transaction, so a process that dies between sending and
// marking sends again, under the same Message-ID.

import type { Origin } from "../../contract/events/domain-event.ts";
import type { Clock } from "../../database/clock.ts";
import type { Database, Statement } from "../../database/database.ts";
import type { DeliveryKind } from "./delivery-kinds.ts";
import { type Mailer, MailRefused, SEND_WITHIN_MS } from "./mailers/mailer.ts";
import { failedAttempt, markDeliveries, type Outcome } from "./mark-deliveries.ts";

interface Claimed extends Origin {
  id: string;
  orderId: string;
  kind: DeliveryKind;
  recipient: string;
  subject: string;
  body: string;
  html: string | null;
  /** This one included. */
  attempts: number;
  error: string | null;
  createdAt: Date;
}

const MOST = 100;
const AT_ONCE = 10;
/** Longer than the slowest batch. */
const LEASE_MS = (MOST / AT_ONCE) * SEND_WITHIN_MS + 60_000;

const CLAIM: Statement = {
  name: "deliveries_claim",
  text: `with due as (
      select id from deliveries where wake_at <= $1 order by wake_at limit $3 for update skip locked
    )
    update deliveries set wake_at = $2, attempts = attempts + 1 from due where deliveries.id = due.id
    returning deliveries.id, order_id as "orderId", kind, recipient, subject, body, html, attempts, error,
      created_at as "createdAt", correlation_id as "correlationId", causation_id as "causationId", traceparent`,
};

export interface SendTools {
  db: Pick<Database, "query" | "transaction">;
  mailer: Mailer;
  from: string;
  clock: Clock;
  /** Ends the run after the mails that are on their way; those that are not begun are due again at once. */
  signal: AbortSignal;
  /** Mails of this run; a hundred at most. */
  most?: number;
}

/**
 * Sends of what is due now as much as one run may: the pause before the next leaves the machine to those who place orders, and
 * what is left over waits. @returns how many mails were claimed
 */
export async function sendDeliveries(tools: SendTools): Promise<number> {
  const now = tools.clock();
  const leaseUntil = new Date(now.getTime() + LEASE_MS);
  const claimed = await tools.db.query<Claimed>(CLAIM, [now, leaseUntil, Math.min(tools.most ?? MOST, MOST)]);
  if (claimed.length > 0) await markDeliveries(tools.db, "sending", await sendAll(claimed, tools), tools.clock());
  return claimed.length;
}

async function sendAll(claimed: readonly Claimed[], tools: SendTools): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = claimed.values();
  const lane = async () => {
    for (const delivery of waiting) {
      outcomes.push(tools.signal.aborted ? putBack(delivery, tools.clock()) : await sendOne(delivery, tools));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return outcomes;
}

async function sendOne(delivery: Claimed, { mailer, from, clock }: SendTools): Promise<Outcome> {
  const { id, recipient: to, subject, body: text, html, createdAt: date, attempts } = delivery;
  try {
    await mailer.send({ id, messageId: messageIdOf(id, from), from, to, subject, text, html, date });
    return { delivery, status: "SENT", wakeAt: null, attempts, error: null };
  } catch (error) {
    return failedAttempt(delivery, error, clock(), error instanceof MailRefused);
  }
}

const putBack = (delivery: Claimed, now: Date): Outcome => ({
  delivery,
  status: "PENDING",
  wakeAt: now,
  attempts: delivery.attempts - 1,
  error: delivery.error,
});

/** Of the delivery's id, so that a mail which is sent twice can be recognised as one. */
const messageIdOf = (id: string, from: string): string =>
  `<${id}@${/@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? "localhost"}>`;
