// What carries events from an outbox to the groups that consume them. Two of them keep the same promises and pass the same
// tests: Kafka, and the process itself where there is no Kafka.
import type { ConsumerGroup } from "./consumer/consumer-group.ts";
import type { Envelope } from "./envelope.ts";

export interface EventDriver {
  readonly name: "kafka" | "local";
  /**
   * Takes events of one topic over, in order; resolves when more may follow.
   * @returns `settled`: resolves when nothing can lose these any more, so that they count as published
   * @throws, as `settled` does, when it is not certain that they arrived: they are to be handed over again
   */
  publish(envelopes: readonly Envelope[]): Promise<{ settled: Promise<void> }>;
  /** Begins to deliver to a group, from its beginning if it is new. Returns at once, and never gives up. */
  subscribe(group: ConsumerGroup): void;
  /**
   * Called by whoever relays the topic, each time before it goes on: makes the topic, or, where there is no other log than
   * the outbox, gives what was published before to groups that have not seen it.
   */
  prepare(topic: string, history: History): Promise<void>;
  /** How far these groups are behind, as far as this process consumes as them. */
  lags(groups: readonly string[]): Promise<Lag[]>;
  /** Stops delivering; what is under way is finished or given back. */
  stopDelivering(): Promise<void>;
  close(): Promise<void>;
}

export interface Lag {
  group: string;
  topic: string;
  /** Published and not settled yet. */
  events: number;
  /** Whether somebody in this process is at it. */
  consuming: boolean;
}

/** What an outbox has published so far, in the order in which it was. @param after the last `position` seen, "0" at first */
export type History = (types: readonly string[], after: string, limit: number) => Promise<Past[]>;
export interface Past {
  position: string;
  envelope: Envelope;
}
