import { cpus } from "node:os";
import type { Floor } from "./floor/floor.ts";

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

/** Durability is asked of the server itself, not assumed. */
export async function readMachine(floor: Floor): Promise<Machine> {
  const { version: postgres, durable } = await floor.readServer();
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    node: process.versions.node,
    postgres,
    durable,
  };
}
