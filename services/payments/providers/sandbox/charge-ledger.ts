// The sandbox's durable ledger: one charge per key. Asking again under a key answers what it answered first.
import type { Database, Statement } from "../../../../database/database.ts";
import type { PaymentRequest, ProviderOutcome } from "../provider.ts";

export interface Charge extends PaymentRequest {
  status: ProviderOutcome["kind"];
  declineCode: string | null;
}

interface ChargeRow {
  key: string;
  id: string;
  status: ProviderOutcome["kind"];
  declineCode: string | null;
}

const COLUMNS = `key, id, status, decline_code as "declineCode"`;
const CHARGE: Statement = {
  name: "sandbox_charge",
  text: `insert into charges (key, id, status, amount, currency, method, decline_code, created_at, updated_at)
    select *, $8::timestamptz, $8::timestamptz
    from unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[])
    on conflict (key) do nothing
    returning ${COLUMNS}`,
};
const FIND_BY_KEY: Statement = {
  name: "sandbox_find_by_key",
  text: `select ${COLUMNS} from charges where key = any($1)`,
};
const FIND: Statement = { name: "sandbox_find", text: `select ${COLUMNS} from charges where id = $1` };
const CANCEL: Statement = {
  name: "sandbox_cancel",
  text: `insert into charges (key, id, status, amount, currency, method, created_at, updated_at)
    values ($1, $2, 'canceled', $3, $4, $5, $6, $6)
    on conflict (key) do update set
      status = case when charges.status in ('authorized', 'action_required') then 'canceled' else charges.status end,
      updated_at = $6
    returning ${COLUMNS}`,
};

/** @returns per charge, in order, what stands in the ledger under its key */
export async function charge(db: Database, charges: readonly Charge[], now: Date): Promise<ProviderOutcome[]> {
  const byKey = new Map(charges.map((each) => [each.key, each]));
  const distinct = [...byKey.values()];
  const made = await db.query<ChargeRow>(CHARGE, [
    distinct.map((each) => each.key),
    distinct.map((each) => each.providerId),
    distinct.map((each) => each.status),
    distinct.map((each) => each.amount.amount),
    distinct.map((each) => each.amount.currency),
    distinct.map((each) => each.method),
    distinct.map((each) => each.declineCode),
    now,
  ]);
  const rows = new Map(made.map((row) => [row.key, row]));
  const repeated = distinct.filter((each) => !rows.has(each.key)).map((each) => each.key);
  if (repeated.length > 0) for (const row of await db.query<ChargeRow>(FIND_BY_KEY, [repeated])) rows.set(row.key, row);
  return charges.map((each) => outcomeOf(rows.get(each.key) as ChargeRow));
}

export async function findCharge(db: Database, id: string): Promise<ProviderOutcome | null> {
  const [row] = await db.query<ChargeRow>(FIND, [id]);
  return row === undefined ? null : outcomeOf(row);
}

export async function findIdByKey(db: Database, key: string): Promise<string | null> {
  const [row] = await db.query<ChargeRow>(FIND_BY_KEY, [[key]]);
  return row?.id ?? null;
}

export async function cancelCharge(
  db: Database,
  { providerId, key, amount, method }: PaymentRequest,
  now: Date,
): Promise<ProviderOutcome> {
  const values = [key, providerId, amount.amount, amount.currency, method, now];
  const [row] = await db.query<ChargeRow>(CANCEL, values);
  return outcomeOf(row as ChargeRow);
}

function outcomeOf({ id, status, declineCode }: ChargeRow): ProviderOutcome {
  return status === "declined"
    ? { kind: status, providerId: id, code: declineCode ?? "card_declined" }
    : { kind: status, providerId: id };
}
