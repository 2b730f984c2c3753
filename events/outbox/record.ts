// The one way to record a domain event. It is checked against the contract first, so that an event which does not fit its
// schema never commits.
import { Errors } from "moleculer";
import type { FieldError } from "../../contract/compile.ts";
import { checkEvent, type EventName, type EventOf } from "../../contract/events/events.ts";
import type { Tx } from "../../database/database.ts";
import { writeOutbox } from "./write-outbox.ts";

/**
 * Records events with the change they describe, in its transaction.
 * @throws EVENT_INVALID (500) when one does not fit its schema; the transaction then must not commit
 */
export function record<N extends EventName>(tx: Tx, events: readonly EventOf<N>[]): void {
  for (const { type, data } of events) {
    const errors = checkEvent(type, data, "closed");
    if (errors.length > 0) throw invalidEvent(type, errors);
  }
  writeOutbox(tx, events);
}

const invalidEvent = (type: string, errors: FieldError[]) => {
  const [first] = errors;
  return new Errors.MoleculerServerError(
    `${type} does not fit its schema: ${first?.pointer} ${first?.message}`,
    500,
    "EVENT_INVALID",
    { errors },
  );
};
