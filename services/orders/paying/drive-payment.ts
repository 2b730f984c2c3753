// What happens to an order after it was placed, from wherever it stands. Every step asks another service by the order's id
// and is harmless when asked again, so that after a crash at any point the same story is simply told once more:
//   1. hold the stock of all lines, or none           refused: REJECTED
//   2. authorize the money                            declined: stock released, PAYMENT_FAILED
//                                                     needs the customer: AWAITING_PAYMENT, looked at again until it expires
//                                                     unknown: asked again later, under the same key
//   3. commit the hold, so that it no longer expires  expired meanwhile: hold again, else give the money back, REJECTED
//   4. CONFIRMED
// A step that fails leaves the order as it is; whoever wakes it next goes on.

import { type Caller, call } from "../../../contract/typed.ts";
import type { Clock } from "../../../database/clock.ts";
import type { Ending, Step } from "../move-orders.ts";
import type { Turn } from "../order-events.ts";
import type { OrderRecord } from "../order-record.ts";

export interface DriveTools {
  via: Caller;
  clock: Clock;
}

/** How the drive ended: what is to be settled, or nothing yet and when to look again. */
export type DriveOutcome = Ending | { event: null; steps: readonly Step[] };

export async function driveOrder(order: OrderRecord, { via, clock }: DriveTools): Promise<DriveOutcome> {
  const steps: Step[] = [];
  const note = (type: string, data: Record<string, unknown> = {}) => steps.push({ type, at: clock(), data });
  const settled = (turn: Turn, wakeAt: Date | null = null): Ending => ({ ...turn, steps, wakeAt });
  const ended = (event: Exclude<Turn, { reason: null }>["event"], reason: string) => settled({ event, reason });
  const { id: orderId } = order;
  const isLate = () => clock() >= order.expiresAt;
  const reserve = () =>
    call(via, "inventory.reserve", {
      orderId,
      lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
      expiresAt: new Date(Math.max(order.expiresAt.getTime(), clock().getTime()) + HOLD_MARGIN_MS).toISOString(),
    });

  const held = await reserve();
  if (held.status === "REFUSED") {
    // An earlier drive may have come further before its hold expired: what it authorized is given back.
    await call(via, "payments.void", { orderId });
    return ended("rejected", "out_of_stock");
  }
  note("stock_reserved");

  const amount = { amount: order.total, currency: order.currency };
  const payment = await call(via, "payments.authorize", { orderId, amount, method: order.paymentMethod });
  if (payment.status === "FAILED" || payment.status === "CANCELED") {
    await call(via, "inventory.release", { orderId });
    note("stock_released");
    return ended("payment_failed", payment.declineCode ?? "payment_canceled");
  }
  if (payment.status === "REQUIRES_ACTION") {
    if (!isLate()) return settled({ event: "awaiting_payment", reason: null }, order.expiresAt);
    await call(via, "payments.void", { orderId });
    await call(via, "inventory.release", { orderId });
    note("stock_released");
    return ended("expired", "payment_not_completed");
  }
  if (payment.status !== "REQUIRES_CAPTURE") return { event: null, steps };
  note("payment_authorized", amount);

  let committed = await call(via, "inventory.commit", { orderId });
  if (committed.status === "EXPIRED" && (await reserve()).status === "HELD") {
    committed = await call(via, "inventory.commit", { orderId });
  }
  if (committed.status === "EXPIRED") {
    await call(via, "payments.void", { orderId });
    await call(via, "inventory.release", { orderId });
    note("payment_voided");
    return ended("rejected", "out_of_stock");
  }
  note("stock_committed");
  return settled({ event: "confirmed", reason: null });
}

/** A hold outlives its order's time to pay, so that whoever expires the order still finds it, and lasts for the steps after it. */
const HOLD_MARGIN_MS = 60_000;
