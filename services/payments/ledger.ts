// The shop's own ledger of what its providers hold and gave up, which is only ever appended to.
import { insertInto } from "../../database/columns.ts";
import type { Tx } from "../../database/database.ts";
import type { IntentState } from "./intent-states.ts";

/** What the ledger calls the step into a state; the others move no money. */
const ENTRIES: Partial<Record<IntentState, string>> = {
  REQUIRES_CAPTURE: "AUTHORIZATION",
  FAILED: "DECLINE",
  CANCELED: "VOID",
};

const insert = insertInto("payment_ledger", {
  intentId: "uuid",
  type: "text",
  amount: "bigint",
  currency: "text",
  providerId: "text?",
  at: "timestamptz",
});

export interface LedgerStep {
  intentId: string;
  status: IntentState;
  amount: number;
  currency: string;
  providerId: string | null;
  at: Date;
}

/** Enters those of the steps that move money. */
export function enterLedger(tx: Tx, steps: readonly LedgerStep[]): void {
  const entries = steps.flatMap(({ status, ...step }) => {
    const type = ENTRIES[status];
    return type === undefined ? [] : [{ ...step, type }];
  });
  if (entries.length > 0) tx.send(...insert(entries));
}
