// A payment's id at its provider, stored before money moves: an outcome that is never heard of can then be asked for.
import type { Database, Statement } from "../../../database/database.ts";
import { type IntentRecord, termsOf } from "../intent-record.ts";
import type { PaymentProvider } from "../providers/provider.ts";

// Of two that opened it at once one is stored. The other stays at the provider, where nothing was ever asked of it.
const STORE: Statement = {
  name: "intent_store_provider_id",
  text: `update payment_intents set provider_id = coalesce(provider_id, $2) where id = $1
    returning provider_id as "providerId"`,
};

/** The id as it is stored; opens the payment where there is none yet. @throws ProviderUnreachable; then nothing has happened */
export async function openPayment(db: Database, { open }: PaymentProvider, intent: IntentRecord): Promise<string> {
  if (intent.providerId !== null) return intent.providerId;
  const opened = open.by === "ours" ? open.chooseId() : await open.openPayment(termsOf(intent));
  const [stored] = await db.query<{ providerId: string }>(STORE, [intent.id, opened]);
  return stored?.providerId ?? opened;
}
