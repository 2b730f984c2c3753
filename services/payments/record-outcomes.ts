// What the provider answered becomes the intent's state, its ledger row and its event, in one transaction. An outcome that
// arrives twice, or after another one settled the intent, changes nothing.

import type { Origin } from "../../contract/events/domain-event.ts";
import type { Database, Statement } from "../../database/database.ts";
import { record } from "../../events/outbox/record.ts";
import { INTENT_LIFE, type IntentEvent, type IntentState } from "./intent-states.ts";
import { enterLedger } from "./ledger.ts";
import { eventOf, type PaymentEvent } from "./payment-events.ts";
import type { ProviderOutcome } from "./providers/provider.ts";

export interface Outcome {
  orderId: string;
  /** `lost`: no answer came. */
  outcome: ProviderOutcome | { kind: "lost" };
  origin: Origin;
}

/** How an intent stands. */
export interface IntentStanding {
  status: IntentState;
  declineCode: string | null;
}

const EVENT_OF: Record<Outcome["outcome"]["kind"], IntentEvent> = {
  authorized: "authorized",
  declined: "declined",
  action_required: "action_required",
  canceled: "voided",
  lost: "lost",
};
const LOCK: Statement = {
  name: "intent_lock",
  text: `select id, order_id as "orderId", status, amount, currency, decline_code as "declineCode", version
    from payment_intents where order_id = any($1::uuid[]) order by order_id for update`,
};
const MOVE: Statement = {
  name: "intent_move",
  text: `update payment_intents set
      status = move.status,
      provider_id = coalesce(move.provider_id, payment_intents.provider_id),
      decline_code = move.decline_code,
      authorized = case move.status when 'REQUIRES_CAPTURE' then amount else 0 end,
      version = move.version,
      updated_at = $5
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $6::int[])
      as move (id, status, provider_id, decline_code, version)
    where payment_intents.id = move.id`,
};

interface Row {
  id: string;
  orderId: string;
  status: IntentState;
  amount: string;
  currency: string;
  declineCode: string | null;
  version: number;
}

interface IntentMove extends Row {
  providerId: string | null;
  event: PaymentEvent | null;
}

/** @returns per outcome, in order, how the intent stands afterwards */
export async function recordOutcomes(db: Database, outcomes: readonly Outcome[], now: Date): Promise<IntentStanding[]> {
  return db.transaction(async (tx) => {
    const rows = await tx.query<Row & Record<string, unknown>>(LOCK, [outcomes.map((each) => each.orderId)]);
    const byOrder = new Map(rows.map((row) => [row.orderId, row]));
    const moves = outcomes.flatMap(({ orderId, outcome, origin }): IntentMove[] => {
      const row = byOrder.get(orderId) as Row;
      const next = INTENT_LIFE[row.status][EVENT_OF[outcome.kind]];
      if (next === undefined || next === row.status) return [];
      row.status = next;
      row.declineCode = outcome.kind === "declined" ? outcome.code : null;
      // Nothing is known of a payment whose answer was lost, so there is nothing to tell.
      if (outcome.kind === "lost") return [{ ...row, providerId: null, event: null }];
      row.version++;
      const amount = { amount: Number(row.amount), currency: row.currency };
      const event = eventOf({ orderId, amount, outcome, version: row.version, at: now, origin });
      return [{ ...row, providerId: outcome.providerId, event }];
    });
    if (moves.length > 0) {
      // An intent that moved twice in this batch is written once, as the second move left it: one UPDATE takes one of two rows.
      const last = [...new Map(moves.map((move) => [move.id, move])).values()];
      tx.send(MOVE, [
        last.map((move) => move.id),
        last.map((move) => move.status),
        last.map((move) => move.providerId),
        last.map((move) => move.declineCode),
        now,
        last.map((move) => move.version),
      ]);
    }
    enterLedger(
      tx,
      moves.map(({ id: intentId, status, amount, currency, providerId }) => ({
        ...{ intentId, status, currency, providerId, at: now },
        amount: Number(amount),
      })),
    );
    record(
      tx,
      moves.flatMap(({ event }) => event ?? []),
    );
    return outcomes.map(({ orderId }) => {
      const { status, declineCode } = byOrder.get(orderId) as Row;
      return { status, declineCode };
    });
  });
}
