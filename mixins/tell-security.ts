// Security events as one structured line each, and counted. Everything in a line is JSON with what does not print escaped: a
// name that a client chose can neither begin a second line nor colour a terminal. Secrets are never handed in.
import type { ServiceBroker } from "moleculer";
import { Counter, Registry } from "prom-client";
import type { SecurityEvent } from "../contract/security-events.ts";
import type { Meta } from "../contract/typed.ts";

export interface SecurityFacts {
  outcome: "ok" | "refused";
  /** Id of the user who acts; the caller of the request when absent. */
  who?: string;
  /** What it was done to: the id of a user, a session, a key. */
  target?: string;
  /** The action that was asked for. */
  action?: string;
  /** A stable word for why, such as the code of the refusal. */
  reason?: string;
}

/** The request or the process in which it happened. */
export interface Where {
  readonly broker: Pick<ServiceBroker, "getLogger">;
  readonly meta?: Meta;
  readonly locals?: object;
  readonly requestID?: string | null;
}

/** For the process's metrics: one registry, as there is one process. */
export const securityFigures = new Registry();
const counted = new Counter({
  name: "commerce_security_events_total",
  help: "Security events by kind and outcome",
  labelNames: ["event", "outcome"] as const,
  registers: [securityFigures],
});

/** Refusals of one kind and of one client are one line in this time, which says how many there were before it. */
const QUIET_MS = 60_000;
const REMEMBERED = 10_000;
const refusals = new Map<string, { until: number; suppressed: number }>();

/** Everything is counted. What went well is a line each; refusals are as many as a stranger likes, and so are not. */
export function tellSecurity(where: Where, event: SecurityEvent, facts: SecurityFacts): void {
  counted.inc({ event, outcome: facts.outcome });
  const { principal } = (where.locals ?? {}) as { principal?: { id: string } };
  const who = facts.who ?? principal?.id;
  const from = where.meta?.clientAddress;
  const suppressed = facts.outcome === "ok" ? 0 : suppressedBefore(JSON.stringify([event, facts.reason, who, from]));
  if (suppressed === undefined) return;
  const line = printable({
    event,
    ...facts,
    who,
    from,
    ...(suppressed > 0 && { suppressed }),
    requestId: where.requestID ?? undefined,
    at: new Date().toISOString(),
  });
  const log = where.broker.getLogger("SECURITY");
  if (facts.outcome === "ok") log.info(line);
  else log.warn(line);
}

/** @returns undefined for one that is not told; otherwise how many were not, since the last that was */
function suppressedBefore(kind: string): number | undefined {
  const now = Date.now();
  const known = refusals.get(kind);
  if (known !== undefined && now < known.until) {
    known.suppressed++;
    return undefined;
  }
  if (known === undefined && refusals.size >= REMEMBERED) refusals.delete(refusals.keys().next().value as string);
  refusals.set(kind, { until: now + QUIET_MS, suppressed: 0 });
  return known?.suppressed ?? 0;
}

const printable = (facts: object): string =>
  JSON.stringify(facts).replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
