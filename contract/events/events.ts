// Every domain event of the system by its full name, and the one way to record one. What is recorded is checked against the
// contract first, so that an event which does not fit its schema never commits.
import { Errors } from "moleculer";
import type { Static, TSchema } from "typebox";
import type { Tx } from "../../database/database.ts";
import type { CatalogueEntry } from "../../events/bridge.ts";
import { writeOutbox } from "../../events/outbox/write-outbox.ts";
import { compile, type FieldError } from "../../middlewares/validation.ts";
import { type Contracts, contracts } from "../contracts.ts";
import type { DomainEvent } from "./domain-event.ts";
import { eventsOf, type PublishedEvent } from "./event-catalogue.ts";

type Schemas = {
  [S in keyof Contracts as `${S}.${keyof Contracts[S]["events"] & string}`]: Contracts[S]["events"];
};
/** `orders.confirmed`: the service and the event's name in its contract. */
export type EventName = keyof Schemas;
type SchemaOf<N extends EventName> = N extends `${infer S}.${infer E}`
  ? S extends keyof Contracts
    ? E extends keyof Contracts[S]["events"]
      ? Contracts[S]["events"][E] extends TSchema
        ? Contracts[S]["events"][E]
        : never
      : never
    : never
  : never;
export type EventData<N extends EventName> = Static<SchemaOf<N>>;
/** An event of one of these names with the data of that name. */
export type EventOf<N extends EventName> = N extends EventName ? DomainEvent<N, EventData<N>> : never;

export interface EventEntry extends PublishedEvent {
  service: string;
}

/** Which events exist, in the order of the contracts. */
export const eventCatalogue: ReadonlyMap<string, EventEntry> = new Map(
  eventsOf(contracts).map((event) => [event.name, { ...event, service: event.name.slice(0, event.name.indexOf(".")) }]),
);

/** The same for the event bridge, which knows no contracts. */
export const bridgeCatalogue: ReadonlyMap<string, CatalogueEntry> = new Map(
  [...eventCatalogue].map(([name, { service, topic }]) => {
    const fault = (data: unknown) => {
      const [first] = checkEvent(name, data, "open");
      return first && `${first.pointer} ${first.message}`.trim();
    };
    return [name, { service, topic, fault }];
  }),
);

type Check = (data: unknown) => FieldError[];
const checks = new Map<string, { closed: Check; open: Check }>();

/**
 * What is wrong with an event's data, nothing when all is well.
 * @param strictness `closed` refuses properties that the contract does not name, as a producer must: what slips out once is
 *   out for ever. `open` lets them pass, as a consumer must: its producer may be newer.
 */
export function checkEvent(name: string, data: unknown, strictness: "closed" | "open"): FieldError[] {
  const entry = eventCatalogue.get(name);
  if (entry === undefined) return [{ pointer: "", code: "unknown", message: `there is no event ${name}` }];
  let check = checks.get(name);
  if (check === undefined) {
    check = {
      closed: compile(restrict(entry.schema, true) as TSchema),
      open: compile(restrict(entry.schema, false) as TSchema),
    };
    checks.set(name, check);
  }
  return check[strictness](data);
}

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

/** The same schema at every depth refusing what it does not name, or letting it pass. */
function restrict(schema: unknown, closed: boolean): unknown {
  if (Array.isArray(schema)) return schema.map((each) => restrict(each, closed));
  if (typeof schema !== "object" || schema === null) return schema;
  const { additionalProperties, ...rest } = schema as { additionalProperties?: unknown };
  const inner = Object.fromEntries(Object.entries(rest).map(([key, each]) => [key, restrict(each, closed)]));
  const names = "properties" in schema && (additionalProperties === undefined || additionalProperties === false);
  if (names) return closed ? { ...inner, additionalProperties: false } : inner;
  return additionalProperties === undefined
    ? inner
    : { ...inner, additionalProperties: restrict(additionalProperties, closed) };
}
