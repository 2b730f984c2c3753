// Every domain event of the system by its full name, and the check of its data against the contract.
import type { Static, TSchema } from "typebox";
import { compile, type FieldError } from "../compile.ts";
import { contracts, type FullName, type Named } from "../contracts.ts";
import type { DomainEvent } from "./domain-event.ts";
import { eventsOf, type PublishedEvent } from "./event-catalogue.ts";

/** `orders.confirmed`: the service and the event's name in its contract. */
export type EventName = FullName<"events">;
export type EventData<N extends EventName> = Static<Extract<Named<"events", N>, TSchema>>;
/** An event of one of these names with the data of that name. */
export type EventOf<N extends EventName> = N extends EventName ? DomainEvent<N, EventData<N>> : never;

export interface EventEntry extends PublishedEvent {
  service: string;
}

/** Which events exist, in the order of the contracts. */
export const eventCatalogue: ReadonlyMap<string, EventEntry> = new Map(
  eventsOf(contracts).map((event) => [event.name, { ...event, service: event.name.slice(0, event.name.indexOf(".")) }]),
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
