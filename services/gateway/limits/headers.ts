// The fields of draft-ietf-httpapi-ratelimit-headers-10, as structured fields (RFC 9651): each a list of named policies.
import type { ServerResponse } from "node:http";
import type { Allowance, Taken } from "./allowance.ts";

export const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));

/** `"checkout-user";q=20;w=60`: 20 requests in 60 seconds. */
export const policyOf = ({ name, quota }: Pick<Allowance, "name" | "quota">): string =>
  `"${name}";q=${quota.requests};w=${quota.seconds}`;

/** `"checkout-user";r=19;t=42`: 19 are left for the next 42 seconds. */
export const leftOf = ({ allowance, remaining, msLeft }: Taken): string =>
  `"${allowance.name}";r=${remaining};t=${secondsOf(msLeft)}`;

export function showLimits(res: ServerResponse, taken: readonly Taken[]): void {
  res.setHeader("RateLimit-Policy", taken.map(({ allowance }) => policyOf(allowance)).join(", "));
  res.setHeader("RateLimit", taken.map(leftOf).join(", "));
}
