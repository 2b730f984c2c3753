import { setTimeout as delay } from "node:timers/promises";
import type { ApiClient } from "./api-client.ts";
import { type Order, UNDER_WAY } from "./order.ts";

type Outcome = Pick<Order, "id" | "status" | "reason">;

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/** Asks for an order until it is no longer under way, or the deadline is over; answers how it then stands. */
export async function awaitOutcome(api: ApiClient, order: Outcome, deadlineMs: number): Promise<Outcome> {
  const giveUpAt = Date.now() + deadlineMs;
  let latest = order;
  let wait = FIRST_WAIT_MS;
  while (latest.status === UNDER_WAY && Date.now() + wait <= giveUpAt) {
    await delay(wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    latest = await api.get<Order>(`/v1/orders/${encodeURIComponent(order.id)}`);
  }
  return latest;
}
