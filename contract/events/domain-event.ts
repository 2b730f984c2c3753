/** Where a change comes from. Travels with its events, and with whatever they cause in turn. */
export interface Origin {
  /** The request that it all began with. */
  correlationId: string | null;
  /** What caused this: the event that was reacted to, else the request itself. */
  causationId: string | null;
  /** W3C Trace Context of the cause. */
  traceparent: string | null;
}

/** A fact about one aggregate, as the service that owns it states it. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  /** The service and what happened: `orders.confirmed`. */
  type: Type;
  aggregateId: string;
  /** Counts the aggregate's events, without gaps. */
  aggregateVersion: number;
  data: Data;
  occurredAt: Date;
  /** Absent for what nobody asked for, such as a sweep. */
  origin?: Origin | undefined;
}
