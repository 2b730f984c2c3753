// The first answer to who places an order: as far as the order got within the time that a request may take. A request that
// cannot wait longer answers PENDING, and that is from then on the answer of its idempotency key.

import type { KeyId } from "../../../database/idempotency.ts";
import { newlyCreated, type OrderInHand, type OrderProgress } from "../order-record.ts";

export interface AnswerTools {
  /** Drives the order; resolves with undefined when it is still open after the time budget. */
  advance: (hand: OrderInHand) => Promise<OrderProgress | undefined>;
  /** Drives the order with nobody waiting for it. */
  advanceLater: (hand: OrderInHand) => void;
  /** Remembers an answer unless another one was remembered first; resolves with what is remembered. */
  answerOnce: (key: KeyId, progress: OrderProgress) => Promise<OrderProgress | undefined>;
}

export async function firstAnswer(hand: OrderInHand, respondAsync: boolean, tools: AnswerTools): Promise<OrderInHand> {
  const { order } = hand;
  if (respondAsync) {
    const progress = await rememberPending(hand, tools);
    tools.advanceLater(hand);
    return { order, progress };
  }
  return { order, progress: (await tools.advance(hand)) ?? (await rememberPending(hand, tools)) };
}

/** @returns what is remembered: PENDING, or the outcome that was remembered just before */
async function rememberPending({ order }: OrderInHand, { answerOnce }: AnswerTools): Promise<OrderProgress> {
  const pending = newlyCreated(order);
  return (order.placing && (await answerOnce(order.placing, pending))) ?? pending;
}
