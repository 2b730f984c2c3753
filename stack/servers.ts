import { garage } from "./garage/garage.ts";
import { kafka } from "./kafka/kafka.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";
import type { StackServer } from "./server.ts";

/** Everything the stack can start, in the order in which its settings are printed. */
export const SERVERS = { postgres, redis, kafka, s3: garage } satisfies Record<string, StackServer>;

export type ServerName = keyof typeof SERVERS;
export const SERVER_NAMES = Object.keys(SERVERS) as readonly ServerName[];
