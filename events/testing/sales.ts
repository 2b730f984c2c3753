import type { DomainEvent } from "../../contract/events/domain-event.ts";

/** Makes the next event of each aggregate; versions count up by themselves. @param versions where they are already */
export function sales(versions = new Map<string, number>()): (aggregates: readonly string[]) => DomainEvent[] {
  return (aggregates) =>
    aggregates.map((aggregateId) => {
      const aggregateVersion = (versions.get(aggregateId) ?? 0) + 1;
      versions.set(aggregateId, aggregateVersion);
      const type = aggregateVersion % 3 === 0 ? "shop.returned" : "shop.sold";
      return { type, aggregateId, aggregateVersion, data: { amount: aggregateVersion }, occurredAt: new Date() };
    });
}
