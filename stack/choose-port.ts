import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

export const HOST = "127.0.0.1";

// Below what the usual systems hand to outgoing connections: no client can take the port between this look and the bind.
const LOWEST = 20_000;
const HIGHEST = 32_000;
const ATTEMPTS = 50;

export interface PortRequest {
  /** Where the last choice is remembered, so that settings stay good over a restart. */
  folder: string;
  /** What listens there: `port`, `rpc`. */
  purpose: string;
  wanted?: number | undefined;
}

/**
 * A free port of the loopback: the one asked for, else the one used last, else any.
 * Throws when the one asked for is taken.
 */
export async function choosePort({ folder, purpose, wanted }: PortRequest): Promise<number> {
  if (wanted !== undefined) {
    if (await isFree(wanted)) return wanted;
    throw new Error(`port ${wanted} is taken: --ports chooses another one, and without it a free one is found`);
  }
  const file = join(folder, `${purpose}.port`);
  const port = await firstFree([readPort(file), ...Array.from({ length: ATTEMPTS }, anyPort)]);
  writeFileSync(file, `${port}\n`);
  return port;
}

async function firstFree(candidates: number[]): Promise<number> {
  for (const port of candidates) if (port > 0 && (await isFree(port))) return port;
  throw new Error(`no free port was found from ${LOWEST} to ${HIGHEST}`);
}

const anyPort = (): number => LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));

function readPort(file: string): number {
  try {
    const port = Number(readFileSync(file, "utf8"));
    return Number.isInteger(port) && port < 65_536 ? port : 0;
  } catch {
    return 0;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, HOST, () => probe.close(() => resolve(true)));
  });
}
