// What a service says of the events that it consumes, in its schema under `subscriptions`, by event type.
import type {} from "moleculer";
import type { Origin } from "../contract/events/domain-event.ts";
import type { EventData, EventName } from "../contract/events/events.ts";
import type { Tx } from "../database/database.ts";

/** An event as a handler gets it: its data fits the contract. */
export interface Received<Type extends string = string, Data = unknown> extends Origin {
  id: string;
  type: Type;
  aggregateId: string;
  aggregateVersion: number;
  occurredAt: Date;
  data: Data;
}

/** One of these events. */
export type ReceivedOf<N extends EventName> = N extends EventName ? Received<N, EventData<N>> : never;

export interface Subscription<Type extends string = string, Data = unknown> {
  /** Who consumes: applied once per group, however many nodes there are. `<service>-<what for>` */
  group: string;
  /**
   * Takes any number of events at once, those of one aggregate in order, and changes the service's own database in the
   * transaction that also remembers them as applied. It calls nobody, and may be run again from the start. When it throws,
   * the events are tried one by one, so that only the one at fault is retried and in the end parked.
   */
  handler: (tx: Tx, events: readonly Received<Type, Data>[]) => Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: each handler takes the data of its own type
export type Subscriptions = Readonly<Record<string, Subscription<any, any>>>;

declare module "moleculer" {
  interface ServiceSchema {
    subscriptions?: Subscriptions;
  }
}

/** What follows from an event has the event as its cause, and belongs to the same story. */
export const causedBy = ({ id, correlationId, traceparent }: Received): Origin => ({
  correlationId,
  causationId: id,
  traceparent,
});

/** The events that a service consumes: a wrong name or a wrong use of the data does not compile. */
export const subscriptionsOf = (
  subscriptions: {
    [N in EventName]?: Subscription<N, EventData<N>>;
  },
): Subscriptions => subscriptions as Subscriptions;
