import { setTimeout as delay } from "node:timers/promises";
import { CannotReplay } from "../errors.ts";
import type { Answer } from "./http-client.ts";
import { problemCode } from "./refusal.ts";

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
const TRIES_AT_A_FAULT = 6;

/**
 * Sends until there is an answer worth having. A cut connection, "busy" (429, 503, the same key still under way) and
 * a gateway's 502 or 504 are tried again while patience lasts; a fault of the server (500) only a few times, since it
 * may answer so for ever. Safe only for requests that may arrive twice.
 *
 * @returns the last answer, which may still be a refusal
 * @throws CannotReplay when the server cannot be reached any more
 */
export async function sendPatiently(
  send: () => Promise<Answer>,
  patienceMs: number,
): Promise<{ answer: Answer; tries: number }> {
  const giveUpAt = Date.now() + patienceMs;
  for (let tries = 1; ; tries++) {
    const outcome = await send().catch(connectionFault);
    const backoff = Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
    const wait = "fault" in outcome ? backoff : Math.max(backoff, askedToWaitMs(outcome));
    const tired = Date.now() + wait > giveUpAt;
    if ("fault" in outcome) {
      if (tired) throw new CannotReplay(`The server cannot be reached any more: ${outcome.fault}.`);
    } else if (!isWorthAnotherTry(outcome) || tired || (outcome.status === 500 && tries >= TRIES_AT_A_FAULT)) {
      return { answer: outcome, tries };
    }
    await delay(wait);
  }
}

function connectionFault(error: Error): { fault: string } {
  if (error instanceof CannotReplay) throw error;
  return { fault: error.message || "no answer" };
}

function isWorthAnotherTry(answer: Answer): boolean {
  if (answer.status === 409) return problemCode(answer) === "idempotency_in_progress";
  return answer.status === 429 || answer.status >= 500;
}

function askedToWaitMs(answer: Answer): number {
  const seconds = Number(answer.headers["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}
