// An event on its way: what the outbox row says, in the words of CloudEvents 1.0. Everything that travels is in here; the
// drivers only carry it.
import type { Origin } from "../contract/events/domain-event.ts";

export interface Envelope extends Origin {
  /** UUIDv7 of the event, the same for every delivery of it. */
  id: string;
  /** `orders.confirmed` */
  type: string;
  topic: string;
  /** The aggregate. Events of one aggregate arrive in order. */
  subject: string;
  aggregateVersion: number;
  /** ISO 8601: when it happened. */
  time: string;
  /** The data as JSON text: carried as it is, parsed only where somebody consumes it. */
  json: string;
}

/** Something on a topic that is no event. `id` is made from where it lies, so that it is recognised when it comes again. */
export interface Unreadable {
  id: string;
  topic: string;
  reason: string;
  /** Base64. */
  bytes: string;
  headers: Record<string, string>;
}

export type Delivery = Envelope | Unreadable;

export const isReadable = (delivery: Delivery): delivery is Envelope => "json" in delivery;
