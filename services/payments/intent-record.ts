// A payment intent in memory, and how it is found.
import type { Money } from "../../contract/money.ts";
import type { Database, Statement } from "../../database/database.ts";
import type { IntentState } from "./intent-states.ts";
import type { PaymentTerms } from "./providers/provider.ts";

export interface IntentRecord {
  id: string;
  orderId: string;
  status: IntentState;
  amount: Money;
  method: string;
  /** The name of the provider that it was begun with, and goes to for all its life. */
  provider: string;
  /** The same for every attempt, so that the provider charges once however often it is asked. */
  providerKey: string;
  /** The provider's id; null until it has been opened there. */
  providerId: string | null;
  declineCode: string | null;
  createdAt: Date;
}

export type IntentRow = Omit<IntentRecord, "amount"> & { amount: string; currency: string };

export const INTENT_COLUMNS = `id, order_id as "orderId", status, amount, currency, method, provider,
  provider_key as "providerKey", provider_id as "providerId", decline_code as "declineCode", created_at as "createdAt"`;
const FIND: Statement = {
  name: "intent_find",
  text: `select ${INTENT_COLUMNS} from payment_intents where order_id = any($1::uuid[])`,
};

export async function findIntents(db: Database, orderIds: readonly string[]): Promise<IntentRecord[]> {
  if (orderIds.length === 0) return [];
  return (await db.query<IntentRow>(FIND, [orderIds])).map(intentOf);
}

export const intentOf = ({ amount, currency, ...row }: IntentRow): IntentRecord => ({
  ...row,
  amount: { amount: Number(amount), currency },
});

export const termsOf = ({ providerKey: key, amount, method }: IntentRecord): PaymentTerms => ({ key, amount, method });
