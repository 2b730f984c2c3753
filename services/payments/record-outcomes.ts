// What the provider answered becomes the intent's state, its ledger row and its event, in one transaction. An outcome that
// arrives twice, or after another one settled the intent, changes nothing.

import type { Origin } from "../../contract/events/domain-event.ts";
import type { Database, Statement } from "../../database/database.ts";
import { record } from "../../events/outbox/record.ts";
import { INTENT_LIFE, type IntentEvent, type IntentState } from "./intent-states.ts";
import { eventOf, type PaymentEvent } from "./payment-events.ts";
import type { ProviderOutcome } from "./providers/provider.ts";

export interface Outcome {
  orderId: string;
  /** `lost`: no answer came. */
  outcome: ProviderOutcome | { kind: "lost" };
  origin: Origin;
}

export interface Settled {
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
/** What the shop's own ledger calls the step into a state; the others move no money. */
const LEDGER: Partial<Record<IntentState, string>> = {
  REQUIRES_CAPTURE: "AUTHORIZATION",
  FAILED: "DECLINE",
  CANCELED: "VOID",
};

const LOCK: Statement = {
  name: "intent_lock",
  text: `select id, order_id, status, amount, currency, decline_code, version from payment_intents
    where order_id = any($1::uuid[]) order by order_id for update`,
};
const SETTLE: Statement = {
  name: "intent_settle",
  text: `update payment_intents set
      status = step.status,
      provider_id = coalesce(step.provider_id, payment_intents.provider_id),
      decline_code = step.decline_code,
      authorized = case step.status when 'REQUIRES_CAPTURE' then amount else 0 end,
      version = step.version,
      updated_at = $5
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $6::int[])
      as step (id, status, provider_id, decline_code, version)
    where payment_intents.id = step.id`,
};
const ENTER: Statement = {
  name: "payment_ledger_enter",
  text: `insert into payment_ledger (intent_id, type, amount, currency, provider_id, at)
    select *, $6::timestamptz from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[])`,
};

interface Row {
  id: string;
  order_id: string;
  status: IntentState;
  amount: string;
  currency: string;
  decline_code: string | null;
  version: number;
}

interface Step extends Row {
  providerId: string | null;
  event: PaymentEvent | null;
}

/** @returns per outcome, in order, how the intent stands afterwards */
export async function recordOutcomes(db: Database, outcomes: readonly Outcome[], now: Date): Promise<Settled[]> {
  return db.transaction(async (tx) => {
    const rows = await tx.query<Row>(LOCK, [outcomes.map((each) => each.orderId)]);
    const byOrder = new Map(rows.map((row) => [row.order_id, row]));
    const steps = outcomes.flatMap(({ orderId, outcome, origin }): Step[] => {
      const row = byOrder.get(orderId) as Row;
      const next = INTENT_LIFE[row.status][EVENT_OF[outcome.kind]];
      if (next === undefined || next === row.status) return [];
      row.status = next;
      row.decline_code = outcome.kind === "declined" ? outcome.code : null;
      // Nothing is known of a payment whose answer was lost, so there is nothing to tell.
      if (outcome.kind === "lost") return [{ ...row, providerId: null, event: null }];
      row.version++;
      const amount = { amount: Number(row.amount), currency: row.currency };
      const event = eventOf({ orderId, amount, outcome, version: row.version, at: now, origin });
      return [{ ...row, providerId: outcome.providerId, event }];
    });
    if (steps.length > 0) {
      // An intent that took two steps in this batch is written once, as the second left it: one UPDATE takes one of two rows.
      const last = [...new Map(steps.map((step) => [step.id, step])).values()];
      tx.send(SETTLE, [
        last.map((step) => step.id),
        last.map((step) => step.status),
        last.map((step) => step.providerId),
        last.map((step) => step.decline_code),
        now,
        last.map((step) => step.version),
      ]);
    }
    const entries = steps.filter((step) => LEDGER[step.status] !== undefined);
    if (entries.length > 0) {
      tx.send(ENTER, [
        entries.map((step) => step.id),
        entries.map((step) => LEDGER[step.status]),
        entries.map((step) => step.amount),
        entries.map((step) => step.currency),
        entries.map((step) => step.providerId),
        now,
      ]);
    }
    record(
      tx,
      steps.flatMap(({ event }) => event ?? []),
    );
    return outcomes.map(({ orderId }) => {
      const { status, decline_code } = byOrder.get(orderId) as Row;
      return { status, declineCode: decline_code };
    });
  });
}
