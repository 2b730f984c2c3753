// What happens to an order after it was placed, from wherever it stands. Every step asks another service by the order's id
// and is harmless when asked again, so that after a crash at any point the same story is simply told once more:
//   1. hold the stock of all lines, or none           refused: REJECTED
//   2. authorize the money                            declined: stock released, PAYMENT_FAILED
//                                                     needs the customer: AWAITING_PAYMENT, looked at again until it expires;
//                                                     REJECTED where he holds too much in that way already
//                                                     unknown: asked again later, under the same key
//   3. commit the hold, so that it no longer expires  expired meanwhile: hold again, else give the money back, REJECTED
//   4. CONFIRMED
// A step that fails leaves the order as it is; whoever wakes it next goes on.

import { call } from "../../../contract/typed.ts";
import type { DriveOutcome, DriveTools, Ending } from "../driving/drive.ts";
import type { TimelineStep } from "../order-history.ts";
import type { OrderRecord } from "../order-record.ts";
import type { PaymentStatus } from "../order-states.ts";

export async function drivePayment(order: OrderRecord, { via, clock, challengeMs }: DriveTools): Promise<DriveOutcome> {
  const steps: TimelineStep[] = [];
  const note = (type: string, data: Record<string, unknown> = {}) => steps.push({ type, at: clock(), data });
  const ended = (
    trigger: "rejected" | "payment_failed" | "expired",
    reason: string,
    paymentStatus: PaymentStatus,
  ): Ending => ({ trigger, reason, paymentStatus, steps, wakeAt: null });
  const { id: orderId } = order;
  // Somebody who is asked to prove himself does so at once or not at all: stock is not held for him as long as for a payment.
  const challengeEnds = new Date(Math.min(order.expiresAt.getTime(), order.createdAt.getTime() + challengeMs));
  const reserve = () =>
    call(via, "inventory.reserve", {
      orderId,
      lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
      expiresAt: new Date(Math.max(order.expiresAt.getTime(), clock().getTime()) + HOLD_MARGIN_MS).toISOString(),
    });

  const giveUp = async (trigger: "rejected" | "expired", reason: string) => {
    await call(via, "payments.void", { orderId });
    await call(via, "inventory.release", { orderId });
    note("stock_released");
    return ended(trigger, reason, "VOIDED");
  };

  const held = await reserve();
  if (held.status === "REFUSED") {
    // An earlier drive may have come further before its hold expired: what it authorized is given back.
    await call(via, "payments.void", { orderId });
    return ended("rejected", "out_of_stock", "NONE");
  }
  note("stock_reserved");

  const amount = { amount: order.total, currency: order.currency };
  const payment = await call(via, "payments.authorize", { orderId, amount, method: order.paymentMethod });
  if (payment.status === "FAILED" || payment.status === "CANCELED") {
    await call(via, "inventory.release", { orderId });
    note("stock_released");
    return ended("payment_failed", payment.declineCode ?? "payment_canceled", "FAILED");
  }
  if (payment.status === "REQUIRES_ACTION") {
    if (clock() < challengeEnds) {
      const wakeAt = challengeEnds;
      const ifBeyond = () => giveUp("rejected", "stock_held_unpaid");
      return { trigger: "awaiting_payment", reason: null, paymentStatus: "REQUIRES_ACTION", steps, wakeAt, ifBeyond };
    }
    return giveUp("expired", "payment_not_completed");
  }
  if (payment.status !== "REQUIRES_CAPTURE") return { trigger: null, steps };
  note("payment_authorized", amount);

  let committed = await call(via, "inventory.commit", { orderId });
  if (committed.status === "EXPIRED" && (await reserve()).status === "HELD") {
    committed = await call(via, "inventory.commit", { orderId });
  }
  if (committed.status === "EXPIRED") {
    await call(via, "payments.void", { orderId });
    await call(via, "inventory.release", { orderId });
    note("payment_voided");
    return ended("rejected", "out_of_stock", "NONE");
  }
  note("stock_committed");
  return { trigger: "confirmed", reason: null, paymentStatus: "AUTHORIZED", steps, wakeAt: null };
}

/** A hold outlives its order's time to pay, so that whoever expires the order still finds it, and lasts for the steps after it. */
const HOLD_MARGIN_MS = 60_000;
