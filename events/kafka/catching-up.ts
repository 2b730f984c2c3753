// Finds out when a group has settled all that lay on its topics when it began, and remembers it with its positions, whichever
// processes had the partitions. What comes meanwhile is not waited for: on a busy topic that would have no end.
import type { ConsumerGroup, Position } from "../consumer/consumer-group.ts";
import type { Ends, KafkaClient } from "./kafka-client.ts";

export interface CatchingUpOptions {
  group: Pick<ConsumerGroup, "hasCaughtUp">;
  client: Pick<KafkaClient, "ends" | "lags">;
  groupId: string;
  generation: number;
}

/** @returns a function to be called now and then with the group's positions; costs nothing once it has caught up */
export function catchingUp({ group, client, groupId, generation }: CatchingUpOptions) {
  let ends: Ends | undefined;
  let looking = false;

  async function look(topics: readonly string[]): Promise<void> {
    ends ??= await client.ends(topics);
    const lags = await client.lags(groupId, topics, ends);
    for (const [topic, lag] of lags) if (lag === 0) await group.hasCaughtUp(topic, generation);
  }

  return (positions: readonly Position[]): void => {
    const behind = positions.filter(({ caughtUp }) => caughtUp < generation).map(({ topic }) => topic);
    if (behind.length === 0 || looking) return;
    looking = true;
    // Asked again at the next call: a broker or a database that is away is somebody else's to report.
    void look(behind)
      .catch(() => {})
      .finally(() => {
        looking = false;
      });
  };
}
