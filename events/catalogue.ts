// Which events can be consumed, in the bridge's words: who publishes one, where, and what its data must be.
import { checkEvent, eventCatalogue } from "../contract/events/events.ts";

export interface CatalogueEntry {
  /** Who publishes it, and where. */
  service: string;
  topic: string;
  /** What is wrong with the data of such an event, in words; undefined when it fits. */
  fault: (data: unknown) => string | undefined;
}

/** Of the contracts. The bridge itself knows none, and is tested with catalogues of its own. */
export const bridgeCatalogue: ReadonlyMap<string, CatalogueEntry> = new Map(
  [...eventCatalogue].map(([name, { service, topic }]) => {
    const fault = (data: unknown) => {
      const [first] = checkEvent(name, data, "open");
      return first && `${first.pointer} ${first.message}`.trim();
    };
    return [name, { service, topic, fault }];
  }),
);
