// Corrections of stock by staff: a difference, or a counted level. The idempotency key, the level, the ledger row and the
// event are one transaction. Set-shaped: a batch of adjustments is applied in the order in which they came.

import type { Origin } from "../../contract/events/domain-event.ts";
import { idempotencyKeyReused } from "../../contract/refusals.ts";
import type { Database, Statement, Tx } from "../../database/database.ts";
import { type ClaimOutcome, claimKeys, forgetKeys, rememberAnswers } from "../../database/idempotency.ts";
import { record } from "../../events/outbox/record.ts";
import { stockLimitExceeded, stockReserved } from "./errors.ts";
import type { StockLevel, StockWarning } from "./inventory.contract.ts";
import { type CrossingEvent, crossingsOf, type VersionedLevel } from "./stock-crossings.ts";
import { warningsOf } from "./warn-of-sku.ts";

export interface Adjustment {
  /** Of the movement, made by the caller of this function. */
  id: string;
  sku: string;
  change: { delta: number } | { onHand: number };
  reason: string;
  actorId: string | null;
  idempotency: { scope: string; key: string; fingerprint: string };
  origin: Origin;
}

/** The level after it, and what may be a mistake. */
type AdjustedLevel = StockLevel & { warnings: StockWarning[] };

export interface AdjustAnswer {
  level: AdjustedLevel;
  replayed: boolean;
}

/** What fits the column; a larger level is a typing error. */
const MAX_ON_HAND = 2_000_000_000;

const ENSURE: Statement = {
  name: "stock_ensure",
  text: `insert into stock_levels (sku, on_hand, reserved, version, updated_at)
    select sku, 0, 0, 0, $2 from (select unnest($1::text[]) as sku order by 1) missing on conflict (sku) do nothing
    returning sku`,
};
// Of those that this transaction made, so that nobody else can have seen them.
const DROP: Statement = { name: "stock_drop", text: "delete from stock_levels where sku = any($1)" };
const LOCK: Statement = {
  name: "stock_lock_for_adjustment",
  text: `select sku, on_hand as "onHand", reserved, version from stock_levels where sku = any($1) order by sku for update`,
};
const APPLY: Statement = {
  name: "stock_adjust",
  text: `with change as (
      select * from unnest($1::text[], $2::int[], $3::text[], $4::uuid[]) as change (sku, delta, reason, actor_id)
    ), moved as (
      insert into stock_movements (sku, type, on_hand_delta, reserved_delta, reason, actor_id, at)
      select sku, 'ADJUSTMENT', delta, 0, reason, actor_id, $5 from change
    )
    update stock_levels set on_hand = on_hand + total.delta,
      version = version + total.changes + cardinality(array_positions($6::text[], stock_levels.sku)), updated_at = $5
    from (select sku, sum(delta)::int as delta, count(*)::int as changes from change group by sku) total
    where stock_levels.sku = total.sku`,
};

type Decision = Applied | Exclude<ClaimOutcome, { kind: "new" | "reused" }> | Error;
type Applied = { adjustment: Adjustment; delta: number; level: StockLevel; version: number };

/** @returns per adjustment, in order: the level after it, or its own refusal */
export async function adjustStock(
  db: Database,
  adjustments: readonly Adjustment[],
  now: Date,
): Promise<(AdjustAnswer | Error)[]> {
  return db.transaction(async (tx) => {
    const claims = adjustments.map(({ id, idempotency }) => ({ ...idempotency, resourceId: id }));
    const outcomes = await claimKeys(tx, claims, { now, lockedUntil: null });
    const skus = [...new Set(adjustments.map((adjustment) => adjustment.sku))];
    const [made, found, warnings] = await Promise.all([
      tx.query<{ sku: string }>(ENSURE, [skus, now]),
      tx.query<VersionedLevel>(LOCK, [skus]),
      warningsOf(tx, skus),
    ]);
    const levels = new Map(found.map((level) => [level.sku, { ...level }]));

    const answers = adjustments.map((adjustment, i) => decide(adjustment, outcomes[i] as ClaimOutcome, levels));
    const applied = answers.filter((answer): answer is Applied => "adjustment" in answer);
    write(tx, applied, { crossings: crossingsMade(found, levels, applied, now), warnings, now });
    dropUnused(tx, made, applied);
    // A refusal has no effect to remember: the key may be used again once there is stock.
    forgetKeys(
      tx,
      adjustments.filter((_, i) => answers[i] instanceof Error).map(({ idempotency }) => idempotency),
    );
    const firsts = new Map(adjustments.map(({ id }, i) => [id, answers[i] as Decision]));
    return answers.map((answer) => present(answer, firsts, warnings));
  });
}

/** A refused adjustment of a SKU without stock leaves no level of nothing behind. */
function dropUnused(tx: Tx, made: readonly { sku: string }[], applied: readonly Applied[]): void {
  const used = new Set(applied.map(({ adjustment }) => adjustment.sku));
  const unused = made.filter(({ sku }) => !used.has(sku)).map(({ sku }) => sku);
  if (unused.length > 0) tx.send(DROP, [unused]);
}

/** One adjustment against the levels as those before it left them. */
function decide(adjustment: Adjustment, outcome: ClaimOutcome, levels: ReadonlyMap<string, VersionedLevel>): Decision {
  if (outcome.kind === "reused") return idempotencyKeyReused();
  if (outcome.kind !== "new") return outcome;
  const level = levels.get(adjustment.sku) as VersionedLevel;
  const { change } = adjustment;
  const onHand = "delta" in change ? level.onHand + change.delta : change.onHand;
  if (onHand < level.reserved) return stockReserved(level);
  if (onHand > MAX_ON_HAND) return stockLimitExceeded(level.sku);
  const delta = onHand - level.onHand;
  level.onHand = onHand;
  level.version++;
  const { sku, reserved, version } = level;
  return {
    adjustment,
    delta,
    level: { sku, onHand, reserved, available: onHand - reserved },
    version,
  } satisfies Applied;
}

type Warnings = ReadonlyMap<string, StockWarning>;

const withWarnings = (level: StockLevel, warnings: Warnings): AdjustedLevel => {
  const warning = warnings.get(level.sku);
  return { ...level, warnings: warning === undefined ? [] : [warning] };
};

/** An answer from before there were warnings has none. */
function remembered(response: unknown): AdjustedLevel {
  const { warnings = [], ...level } = response as StockLevel & Partial<AdjustedLevel>;
  return { ...level, warnings };
}

function present(decision: Decision, firsts: ReadonlyMap<string, Decision>, warnings: Warnings): AdjustAnswer | Error {
  if (decision instanceof Error) return decision;
  if ("adjustment" in decision) return { level: withWarnings(decision.level, warnings), replayed: false };
  if (decision.kind === "done") return { level: remembered(decision.response), replayed: true };
  // The same key twice in this batch: it fares like the first one, which this transaction has decided as well.
  const first = present(firsts.get(decision.resourceId) as Decision, firsts, warnings);
  return first instanceof Error ? first : { ...first, replayed: true };
}

/** A level's versions go on after its own adjustments. */
function crossingsMade(
  found: readonly VersionedLevel[],
  levels: ReadonlyMap<string, VersionedLevel>,
  applied: readonly Applied[],
  now: Date,
): CrossingEvent[] {
  const before = found.map((level) => ({ ...level, version: levels.get(level.sku)?.version ?? level.version }));
  const moves = applied.map(({ adjustment: { sku, origin }, delta }) => ({ sku, by: delta, origin }));
  return crossingsOf(before, moves, now);
}

interface Writing {
  crossings: readonly CrossingEvent[];
  warnings: Warnings;
  now: Date;
}

function write(tx: Tx, applied: readonly Applied[], { crossings, warnings, now }: Writing): void {
  if (applied.length === 0) return;
  tx.send(APPLY, [
    applied.map(({ adjustment }) => adjustment.sku),
    applied.map(({ delta }) => delta),
    applied.map(({ adjustment }) => adjustment.reason),
    applied.map(({ adjustment }) => adjustment.actorId),
    now,
    crossings.map((crossing) => crossing.aggregateId),
  ]);
  rememberAnswers(
    tx,
    applied.map(({ adjustment: { idempotency }, level }) => ({
      ...idempotency,
      response: withWarnings(level, warnings),
    })),
  );
  const adjusted = applied.map(({ adjustment, delta, level, version }) => ({
    type: "inventory.adjusted" as const,
    aggregateId: adjustment.sku,
    aggregateVersion: version,
    data: { level, delta, reason: adjustment.reason },
    occurredAt: now,
    origin: adjustment.origin,
  }));
  record(tx, [...adjusted, ...crossings]);
}
