import type { BridgeAction, BridgeParams, BridgeResult } from "./bridge-actions.ts";
import { bridgedServices } from "./contracts.ts";
import { type Caller, callBridge } from "./typed.ts";

const TIMEOUT_MS = 3_000;

export interface Answers<A extends BridgeAction> {
  answers: { service: string; answer: BridgeResult<A> }[];
  /** Services that gave no answer: not there, or too slow. */
  unavailable: string[];
}

/**
 * Asks every service that has a bridge. One that is away makes the answer smaller, not fail.
 * @throws VALIDATION_FAILED (400): a question that makes no sense is the asker's fault, and nobody is away
 */
export async function askServices<A extends BridgeAction>(
  via: Caller,
  action: A,
  params: BridgeParams<A>,
): Promise<Answers<A>> {
  const outcomes = await Promise.allSettled(
    bridgedServices.map((service) => callBridge(via, service, action, params, { timeout: TIMEOUT_MS })),
  );
  const found: Answers<A> = { answers: [], unavailable: [] };
  outcomes.forEach((outcome, i) => {
    const service = bridgedServices[i] as string;
    if (outcome.status === "rejected" && outcome.reason.type === "VALIDATION_FAILED") throw outcome.reason;
    if (outcome.status === "fulfilled") found.answers.push({ service, answer: outcome.value });
    else found.unavailable.push(service);
  });
  return found;
}
