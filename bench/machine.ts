import { cpus } from "node:os";

/** What a figure depends on. */
export interface Machine {
  date: string;
  cpu: string;
  cores: number;
  node: string;
  postgres: string;
  /** Whether a commit that was answered survives a power cut. */
  durable: boolean;
}

/** What a Postgres server says of itself. */
export interface ServerFacts {
  version: string;
  durable: boolean;
}

/** Durability is asked of the server itself, not assumed. */
export const ASK_SERVER = `select current_setting('server_version') as version,
  current_setting('fsync') = 'on' and current_setting('synchronous_commit') = 'on'
    and current_setting('full_page_writes') = 'on' as durable`;

export function describeMachine({ version: postgres, durable }: ServerFacts): Machine {
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    node: process.versions.node,
    postgres,
    durable,
  };
}
