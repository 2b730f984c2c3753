// What is told when a SKU passes from one step of stock to another: once per crossing, by the transaction that made it and that
// holds the level's lock. What counts is how the whole transaction leaves the
// level, so a dip within it tells nobody.
import type { Origin } from "../../contract/events/domain-event.ts";
import type { EventOf } from "../../contract/events/events.ts";
import type { Level } from "./allot-stock.ts";
import { type StockStep, stockStepOf } from "./stock-steps.ts";

type Crossing = "low_stock" | "out_of_stock" | "back_in_stock";
export type CrossingEvent = EventOf<`inventory.${Crossing}`>;

/** A level as the transaction found it. `version` is that of the SKU's last event, the transaction's own included. */
export type VersionedLevel = Level & { version: number };

/** What one request adds to what is available of a SKU. */
export interface Move {
  sku: string;
  by: number;
  origin?: Origin | undefined;
}

// From what is in stock to nothing passes both steps and tells both, or it would depend on how orders happen to be gathered
// whether who reorders at `low_stock` is told. A SKU stocked for the first time is `back_in_stock`: until then there
// was nothing of it, and whoever waits for it or lists what can be bought wants to know the same thing.
const CROSSINGS: Record<StockStep, Record<StockStep, readonly Crossing[]>> = {
  IN_STOCK: { IN_STOCK: [], LOW: ["low_stock"], OUT: ["low_stock", "out_of_stock"] },
  LOW: { IN_STOCK: [], LOW: [], OUT: ["out_of_stock"] },
  OUT: { IN_STOCK: ["back_in_stock"], LOW: ["back_in_stock"], OUT: [] },
};

/** What is passed between two quantities available. */
export const crossingsBetween = (before: number, after: number): readonly Crossing[] =>
  CROSSINGS[stockStepOf(before)][stockStepOf(after)];

/**
 * The crossings that a transaction makes. Each has the origin of the request that made it, and raises its level's version
 * by one, which is the caller's to write.
 * @param levels of every SKU that is moved
 * @param moves in the order in which they were decided
 */
export function crossingsOf(levels: readonly VersionedLevel[], moves: readonly Move[], now: Date): CrossingEvent[] {
  const available = new Map(levels.map((level) => [level.sku, availableOf(level)]));
  const origins = new Map<string, Origin | undefined>();
  for (const { sku, by, origin } of moves) {
    const before = available.get(sku) ?? 0;
    for (const crossing of crossingsBetween(before, before + by)) origins.set(`${crossing} ${sku}`, origin);
    available.set(sku, before + by);
  }
  return levels.flatMap((level) => {
    const { sku, version } = level;
    const left = available.get(sku) ?? 0;
    return crossingsBetween(availableOf(level), left).map((crossing, i) => ({
      type: `inventory.${crossing}` as const,
      aggregateId: sku,
      aggregateVersion: version + 1 + i,
      data: { sku, available: left },
      occurredAt: now,
      origin: origins.get(`${crossing} ${sku}`),
    }));
  });
}

const availableOf = ({ onHand, reserved }: Level): number => onHand - reserved;
