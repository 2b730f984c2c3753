// Idempotency keys of clients. The record is written in the transaction of the effect, in the service that owns it, so that
// there is never an effect without its record or the other way round.
import type { Database, Statement, Tx } from "./database.ts";

/** One command of one client: two commands on one resource have a key each. */
export interface KeyId {
  /** Who and what the key belongs to: principal and route. Two clients may use the same key. */
  scope: string;
  key: string;
}

export interface KeyClaim extends KeyId {
  fingerprint: string;
  /** What the effect makes or changes. */
  resourceId: string;
}

export type ClaimOutcome =
  /** Nobody used the key before: make the effect. */
  | { kind: "new" }
  /** The effect is done: this was its answer. */
  | { kind: "done"; resourceId: string; response: unknown }
  /** The effect has begun; whoever makes it holds it until then (null: within the transaction that commits it). */
  | { kind: "running"; resourceId: string; lockedUntil: Date | null }
  /** The key was used with another request. */
  | { kind: "reused" };

interface KeyRow {
  scope: string;
  key: string;
  fingerprint: string;
  resource_id: string;
  response: unknown;
  locked_until: Date | null;
}

// Sorted, so that two batches that share keys wait for each other in one order. A key that another transaction has just
// claimed makes this statement wait for that transaction's end.
const CLAIM: Statement = {
  name: "idempotency_claim",
  text: `insert into idempotency_keys (scope, key, fingerprint, resource_id, locked_until, created_at)
    select * from (select * from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[], $6::timestamptz[])
      as claim (scope, key, fingerprint, resource_id, locked_until, created_at)) claim order by scope, key
    on conflict (scope, key) do nothing
    returning scope, key`,
};
const FIND: Statement = {
  name: "idempotency_find",
  text: `select scope, key, fingerprint, resource_id, response, locked_until from idempotency_keys
    where (scope, key) in (select * from unnest($1::text[], $2::text[]))`,
};
// The first answer stays.
const ANSWER: Statement = {
  name: "idempotency_answer",
  text: `update idempotency_keys set response = answer.response, locked_until = null
    from unnest($1::text[], $2::text[], $3::jsonb[]) as answer (scope, key, response)
    where idempotency_keys.scope = answer.scope and idempotency_keys.key = answer.key
      and idempotency_keys.response is null`,
};
// One statement, so that two who answer a key at the same moment agree on who was first.
const ANSWER_ONCE: Statement = {
  name: "idempotency_answer_once",
  text: `update idempotency_keys set response = coalesce(response, $3::jsonb), locked_until = null
    where scope = $1 and key = $2 returning response`,
};
const FORGET: Statement = {
  name: "idempotency_forget",
  text: `delete from idempotency_keys using unnest($1::text[], $2::text[]) as refused (scope, key)
    where idempotency_keys.scope = refused.scope and idempotency_keys.key = refused.key and response is null`,
};

const identity = ({ scope, key }: KeyId) => `${scope}\n${key}`;

/**
 * Claims keys for effects that are about to be made in this transaction, each claim answered by itself, in order.
 * Of two claims of one key in the same call the first is `new`, the second `running` or `reused`.
 * @param lockedUntil how long an effect that outlives this transaction may take; null when it ends with it
 */
export async function claimKeys(
  tx: Tx,
  claims: readonly KeyClaim[],
  { now, lockedUntil }: { now: Date; lockedUntil: Date | null },
): Promise<ClaimOutcome[]> {
  const firstOf = new Map<string, KeyClaim>();
  for (const claim of claims) if (!firstOf.has(identity(claim))) firstOf.set(identity(claim), claim);
  const distinct = [...firstOf.values()];
  const claimed = await tx.query<KeyId & Record<string, unknown>>(CLAIM, [
    distinct.map((claim) => claim.scope),
    distinct.map((claim) => claim.key),
    distinct.map((claim) => claim.fingerprint),
    distinct.map((claim) => claim.resourceId),
    distinct.map(() => lockedUntil),
    distinct.map(() => now),
  ]);
  const fresh = new Set(claimed.map(identity));
  const stale = distinct.filter((claim) => !fresh.has(identity(claim)));
  const found =
    stale.length === 0
      ? []
      : await tx.query<KeyRow>(FIND, [stale.map((claim) => claim.scope), stale.map((claim) => claim.key)]);
  const known = new Map(found.map((row) => [identity(row), row]));
  return claims.map((claim): ClaimOutcome => {
    const first = firstOf.get(identity(claim));
    if (claim === first && fresh.has(identity(claim))) return { kind: "new" };
    const row = known.get(identity(claim));
    if (row !== undefined) return outcomeOf(row, claim.fingerprint);
    if (claim.fingerprint !== first?.fingerprint) return { kind: "reused" };
    return { kind: "running", resourceId: first.resourceId, lockedUntil };
  });
}

function outcomeOf(row: KeyRow, fingerprint: string): Exclude<ClaimOutcome, { kind: "new" }> {
  if (fingerprint !== row.fingerprint) return { kind: "reused" };
  if (row.response === null) return { kind: "running", resourceId: row.resource_id, lockedUntil: row.locked_until };
  return { kind: "done", resourceId: row.resource_id, response: row.response };
}

/** What a key stands for already, without claiming it; undefined when nobody used it. */
export async function findKey(
  db: Database,
  { scope, key, fingerprint }: Omit<KeyClaim, "resourceId">,
): Promise<Exclude<ClaimOutcome, { kind: "new" }> | undefined> {
  const [row] = await db.query<KeyRow>(FIND, [[scope], [key]]);
  return row && outcomeOf(row, fingerprint);
}

/** Remembers the answers of effects that are done, each under the key of its own command; the first answer stays. */
export function rememberAnswers(tx: Tx, answers: readonly (KeyId & { response: unknown })[]): void {
  if (answers.length === 0) return;
  tx.send(ANSWER, [
    answers.map((answer) => answer.scope),
    answers.map((answer) => answer.key),
    answers.map((answer) => JSON.stringify(answer.response)),
  ]);
}

/** Remembers an answer unless another one was remembered first. @returns what is remembered; undefined for a key that is not there */
export async function answerOnce<T>(db: Database, { scope, key }: KeyId, response: T): Promise<T | undefined> {
  const [row] = await db.query<{ response: T }>(ANSWER_ONCE, [scope, key, JSON.stringify(response)]);
  return row?.response;
}

/** Frees keys whose effect was refused within this transaction. */
export function forgetKeys(tx: Tx, keys: readonly KeyId[]): void {
  if (keys.length > 0) tx.send(FORGET, [keys.map(({ scope }) => scope), keys.map(({ key }) => key)]);
}
