// What the provider answered becomes the intent's state, its ledger row and its event, in one transaction. An outcome that
// arrives twice, or after another one settled the intent, changes nothing.
import type { Database, Statement } from "../../mixins/database/database.ts";
import { record } from "../../mixins/outbox/record.ts";
import { INTENT_LIFE, type IntentEvent, type IntentState } from "./intent-states.ts";
import type { ProviderOutcome } from "./providers/provider.ts";

export interface Outcome {
  orderId: string;
  /** `lost`: no answer came. */
  outcome: ProviderOutcome | { kind: "lost" };
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
/** What the shop's own ledger and its events call the step into a state; the others move no money. */
const TRACE: Partial<Record<IntentState, { ledger?: string; event: string }>> = {
  REQUIRES_CAPTURE: { ledger: "AUTHORIZATION", event: "payments.authorized" },
  FAILED: { ledger: "DECLINE", event: "payments.failed" },
  CANCELED: { ledger: "VOID", event: "payments.voided" },
  REQUIRES_ACTION: { event: "payments.action_required" },
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

/** @returns per outcome, in order, how the intent stands afterwards */
export async function recordOutcomes(db: Database, outcomes: readonly Outcome[], now: Date): Promise<Settled[]> {
  return db.transaction(async (tx) => {
    const rows = await tx.query<Row>(LOCK, [outcomes.map((each) => each.orderId)]);
    const byOrder = new Map(rows.map((row) => [row.order_id, row]));
    const steps = outcomes.flatMap(({ orderId, outcome }) => {
      const row = byOrder.get(orderId) as Row;
      const next = INTENT_LIFE[row.status][EVENT_OF[outcome.kind]];
      if (next === undefined || next === row.status) return [];
      row.status = next;
      row.decline_code = outcome.kind === "declined" ? outcome.code : null;
      if (TRACE[next] !== undefined) row.version++;
      return [{ ...row, providerId: "providerId" in outcome ? outcome.providerId : null }];
    });
    if (steps.length > 0) {
      tx.send(SETTLE, [
        steps.map((step) => step.id),
        steps.map((step) => step.status),
        steps.map((step) => step.providerId),
        steps.map((step) => step.decline_code),
        now,
        steps.map((step) => step.version),
      ]);
    }
    const entries = steps.filter((step) => TRACE[step.status]?.ledger !== undefined);
    if (entries.length > 0) {
      tx.send(ENTER, [
        entries.map((step) => step.id),
        entries.map((step) => TRACE[step.status]?.ledger),
        entries.map((step) => step.amount),
        entries.map((step) => step.currency),
        entries.map((step) => step.providerId),
        now,
      ]);
    }
    record(
      tx,
      steps.flatMap((step) => {
        const type = TRACE[step.status]?.event;
        const amount = { amount: Number(step.amount), currency: step.currency };
        const data = {
          orderId: step.order_id,
          amount,
          ...(step.providerId === null ? {} : { providerId: step.providerId }),
          ...(step.decline_code === null ? {} : { declineCode: step.decline_code }),
        };
        if (type === undefined) return [];
        return [{ type, aggregateId: step.order_id, aggregateVersion: step.version, data, occurredAt: now }];
      }),
    );
    return outcomes.map(({ orderId }) => {
      const { status, decline_code } = byOrder.get(orderId) as Row;
      return { status, declineCode: decline_code };
    });
  });
}
