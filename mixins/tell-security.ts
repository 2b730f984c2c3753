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

export function tellSecurity(where: Where, event: SecurityEvent, facts: SecurityFacts): void {
  counted.inc({ event, outcome: facts.outcome });
  const { principal } = (where.locals ?? {}) as { principal?: { id: string } };
  const line = printable({
    event,
    ...facts,
    who: facts.who ?? principal?.id,
    from: where.meta?.clientAddress,
    requestId: where.requestID ?? undefined,
    at: new Date().toISOString(),
  });
  const log = where.broker.getLogger("SECURITY");
  if (facts.outcome === "ok") log.info(line);
  else log.warn(line);
}

const printable = (facts: object): string =>
  JSON.stringify(facts).replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
