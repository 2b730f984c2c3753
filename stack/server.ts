// What a server of the stack is to the rest of it, whether it is a Postgres or a broker.

import type { ChildProcess } from "node:child_process";

/** Settings of the system (`KAFKA_BROKERS=...`), as the environment will hold them. */
export type Settings = Readonly<Record<string, string>>;

export interface Surroundings {
  /** The server's own: its data, log, pid file and remembered ports. */
  folder: string;
  /** Of this user, outside the clone: what is downloaded or built once. */
  cacheDir: string;
  /** The port asked for on the command line. */
  port: number | undefined;
  env: Readonly<Record<string, string | undefined>>;
  log(line: string): void;
  /** Aborted when the stack stops; a start that is under way then ends what it spawned and throws. */
  signal: AbortSignal;
}

export interface RunningServer {
  settings: Settings;
  /** Settles with how it ended, asked for or not. */
  exited: Promise<string>;
  stop(): Promise<void>;
}

/** A program that must be there, and the way to get it. */
export interface Prerequisite {
  program: string;
  advice: string;
}

export interface StackServer {
  /** Looked at before anything starts, so that one sentence names all that is missing. */
  missing(env: Surroundings["env"], cacheDir: string): Prerequisite[];
  start(given: Surroundings): Promise<RunningServer>;
}

/** How a process ended, in words. */
export const describeExit = ({ exitCode, signalCode }: ChildProcess): string =>
  signalCode === null ? `code ${exitCode}` : signalCode;
