// What is told of a reservation when its order is answered and when its hold ends.
import type { Origin } from "../../contract/events/domain-event.ts";
import type { EventOf } from "../../contract/events/events.ts";
import type { Allotment } from "./allot-stock.ts";

/** A change of the reservation: the version that it leaves, when, and on whose behalf, if anybody's. */
export interface Occasion {
  version: number;
  now: Date;
  origin: Origin | undefined;
}

type Answered = EventOf<"inventory.reserved" | "inventory.reservation_refused">;

export function answered(allotment: Allotment, expiresAt: Date, occasion: Occasion): Answered {
  const { orderId } = allotment;
  const about = factOf(orderId, occasion);
  if (allotment.status === "REFUSED") {
    return { ...about, type: "inventory.reservation_refused", data: { orderId, shortages: allotment.shortages } };
  }
  const { lines } = allotment;
  return { ...about, type: "inventory.reserved", data: { orderId, lines, expiresAt: expiresAt.toISOString() } };
}

type Progress = "inventory.reservation_committed" | "inventory.reservation_released" | "inventory.reservation_expired";

export const progressed = (type: Progress, orderId: string, occasion: Occasion): EventOf<Progress> => ({
  ...factOf(orderId, occasion),
  type,
  data: { orderId },
});

const factOf = (orderId: string, { version, now, origin }: Occasion) => ({
  aggregateId: orderId,
  aggregateVersion: version,
  occurredAt: now,
  origin,
});
