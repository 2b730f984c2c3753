// What drives an order on from a state: asks the other services by the order's id, harmless when asked again, and says how the
// order is to be moved. It changes nothing of the order itself.
import type { Caller } from "../../../contract/typed.ts";
import type { Clock } from "../../../database/clock.ts";
import type { OrderMove } from "../move-orders.ts";
import type { TimelineStep } from "../order-history.ts";
import type { OrderRecord } from "../order-record.ts";

export interface DriveTools {
  via: Caller;
  clock: Clock;
  /** How long after its making an order waits for its customer to prove himself to the bank, where that is asked. */
  challengeMs: number;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** How a drive ended: the move that it asks for. */
export type Ending = DistributiveOmit<OrderMove, "order" | "by" | "answers">;
/** Or nothing yet, to be looked at again. `ifBeyond` undoes what was held for an order that may not wait, and ends it otherwise. */
export type DriveOutcome =
  | (Ending & { ifBeyond?: () => Promise<Ending> })
  | { trigger: null; steps: readonly TimelineStep[] };

export type Drive = (order: OrderRecord, tools: DriveTools) => Promise<DriveOutcome>;
