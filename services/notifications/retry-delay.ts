// How long a mail that could not be sent waits, and when it is given up on: after about a day, when it would be no news.

export const MAX_ATTEMPTS = 40;
const BASE_MS = 5_000;
const CAP_MS = 3_600_000;

/**
 * Doubles with each attempt up to an hour. Jitter, so that the mails of an outage do not come back all at once.
 * @param attempts so far, at least one
 * @param random from 0 up to 1
 */
export function retryDelay(attempts: number, random: number): number {
  const full = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempts - 1, 30));
  return Math.round(full * (0.5 + random / 2));
}
