// Drives one order on from where it stands and moves it to where that led, or puts it off when it could not be finished now.
// Used by the request that placed the order and by the worker alike.
import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Caller } from "../../../contract/typed.ts";
import type { Clock } from "../../../database/clock.ts";
import type { Database, Statement } from "../../../database/database.ts";
import { DRIVES } from "../drives.ts";
import type { OrderMove } from "../move-orders.ts";
import type { OrderInHand, OrderProgress } from "../order-record.ts";
import type { OrderState } from "../order-states.ts";
import { BeyondAllowance } from "../paying/allowances.ts";

export interface AdvanceTools {
  db: Database;
  clock: Clock;
  challengeMs: number;
  /** Places the calls of a drive as part of the order's story. */
  callsOf: (origin: Origin) => Caller;
  move: (move: OrderMove) => Promise<OrderProgress>;
  /** Aborted when the process waits for drives no more. */
  left: AbortSignal;
  log: { warn(message: string, facts?: Record<string, unknown>): void };
}

const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 300_000;
/** So often may a process fail before a person should look at it; it is retried all the same. */
const ATTENTION_AFTER = 10;

// Doubles with each attempt. An order that was moved meanwhile to where nobody drives it has no wake_at and is left alone.
const PUT_OFF: Statement = {
  name: "orders_put_off",
  text: `update orders set
      wake_at = $2::timestamptz + least($3 * power(2, least(attempts, 20)), $4) * interval '1 millisecond',
      attempts = attempts + 1,
      needs_attention = attempts + 1 >= $5
    where id = $1 and wake_at is not null`,
};
const LET_REST: Statement = {
  name: "orders_let_rest",
  text: "update orders set wake_at = null where id = $1 and status = $2",
};

/** @returns how the order stands, or undefined when it still is to be driven on and was put off */
export async function advanceOrder(hand: OrderInHand, tools: AdvanceTools): Promise<OrderProgress | undefined> {
  const { order, progress } = hand;
  if (DRIVES[progress.status] === undefined) {
    await tools.db.query(LET_REST, [order.id, progress.status]);
    return progress;
  }
  try {
    const reached = await driveFrom(progress.status, hand, tools);
    // Where it came to is driven as well: what that waits for may have been quicker than this, and then nobody will call. The
    // first answer is the one that was remembered for the client's key.
    if (reached !== undefined && reached.status !== progress.status) await driveFrom(reached.status, hand, tools);
    if (reached !== undefined) return reached;
  } catch (error) {
    // Its lease ends by itself, and there may be no database any more to put it off in.
    if (tools.left.aborted) return undefined;
    tools.log.warn(`order ${order.id} could not be finished now: ${(error as Error).message}`);
  }
  await tools.db.query(PUT_OFF, [order.id, tools.clock(), RETRY_BASE_MS, RETRY_CAP_MS, ATTENTION_AFTER]);
  return undefined;
}

/** @returns undefined when nothing came of it yet, or nobody drives from this state */
async function driveFrom(
  state: OrderState,
  { order }: OrderInHand,
  { callsOf, clock, challengeMs, move }: AdvanceTools,
): Promise<OrderProgress | undefined> {
  const outcome = await DRIVES[state]?.(order, { via: callsOf(order.origin), clock, challengeMs });
  if (outcome === undefined || outcome.trigger === null) return undefined;
  const { ifBeyond, ...ending } = outcome;
  const by = { order, by: "drive", answers: order.placing } as const;
  try {
    return await move({ ...ending, ...by });
  } catch (error) {
    if (ifBeyond === undefined || !(error instanceof BeyondAllowance)) throw error;
    return move({ ...(await ifBeyond()), ...by });
  }
}
