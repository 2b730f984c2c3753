import type { Received } from "../subscription.ts";

export interface Call {
  type: string;
  events: Received[];
}

/**
 * Few handler calls for many events of several types: an event joins the latest call of its type, unless one of its
 * aggregate's earlier events is in a later call. So the events of one aggregate keep their order, and only they have one.
 */
export function planCalls(events: readonly Received[]): Call[] {
  const calls: Call[] = [];
  const latestOfType = new Map<string, number>();
  const latestOfAggregate = new Map<string, number>();
  for (const event of events) {
    const { type, aggregateId } = event;
    let at = latestOfType.get(type);
    if (at === undefined || at < (latestOfAggregate.get(aggregateId) ?? 0)) {
      at = calls.push({ type, events: [] }) - 1;
      latestOfType.set(type, at);
    }
    calls[at]?.events.push(event);
    latestOfAggregate.set(aggregateId, at);
  }
  return calls;
}
