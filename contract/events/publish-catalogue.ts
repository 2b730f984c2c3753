// Publishes the events of today as the promise that tomorrow's are held against. A promise once given is not broken: what
// must be different gets a new name, and the old event goes on for as long as somebody reads it.
import { writeFileSync } from "node:fs";
import { catalogueText, type PublishedEvent, readCatalogue } from "./event-catalogue.ts";
import { findIncompatibilities } from "./event-compatibility.ts";

/** @throws Error that names every breach, and leaves the file as it is */
export function publishCatalogue(file: string | URL, events: readonly PublishedEvent[]): void {
  const breaches = findIncompatibilities(readCatalogue(file), events);
  if (breaches.length > 0) {
    const reason = "The published events would break; give what must be different a new event's name.";
    throw new Error([reason, ...breaches].join("\n  "));
  }
  writeFileSync(file, catalogueText(events));
}
