// `Webhook-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. Several `v1` and several secrets, so that a secret
// is exchanged without losing an event; the time is signed along, so that a webhook which was overheard is soon worthless.
import { createHmac, timingSafeEqual } from "node:crypto";

export const TOLERANCE_SECONDS = 300;
/** Far more than a rotation needs; each costs a comparison. */
const MOST_SIGNATURES = 10;
const SHORTEST_SECRET = 16;

export type Verdict = "genuine" | "forged" | "stale";

const digest = (payload: string, time: string, secret: string): Buffer =>
  createHmac("sha256", secret).update(`${time}.${payload}`).digest();

export function signWebhook(payload: string, secret: string, now: Date): string {
  const time = String(Math.floor(now.getTime() / 1000));
  return `t=${time},v1=${digest(payload, time, secret).toString("hex")}`;
}

/** Whoever cannot sign learns nothing of the clock: a webhook is `stale` only if it is genuine otherwise. */
export function judgeWebhook(
  { payload, signature }: { payload: string; signature: string | undefined },
  secrets: readonly string[],
  now: Date,
): Verdict {
  const parts = (signature ?? "").split(",").map((part) => part.trim());
  const times = parts.filter((part) => part.startsWith("t=")).map((part) => part.slice(2));
  const given = parts.filter((part) => /^v1=[0-9a-f]{64}$/.test(part)).map((part) => Buffer.from(part.slice(3), "hex"));
  const [time = ""] = times;
  if (times.length !== 1 || !/^\d{1,12}$/.test(time) || given.length > MOST_SIGNATURES) return "forged";
  const expected = secrets.map((secret) => digest(payload, time, secret));
  if (!expected.some((ours) => given.some((theirs) => timingSafeEqual(ours, theirs)))) return "forged";
  return Math.abs(now.getTime() / 1000 - Number(time)) <= TOLERANCE_SECONDS ? "genuine" : "stale";
}

/** @throws Error for a secret that could be guessed, the empty one before all */
export function assertSecrets(secrets: readonly string[]): void {
  if (secrets.some((secret) => secret.length < SHORTEST_SECRET)) {
    throw new Error(`A webhook secret has at least ${SHORTEST_SECRET} characters`);
  }
}
