// How often and after what pauses an event that fails is tried again.

export interface Backoff {
  /** So often an event is tried before it is parked. */
  attempts: number;
  /** Milliseconds after the first failure; doubled after each further one. */
  firstMs: number;
  mostMs: number;
  /** How long to wait for a database that is away. */
  outageMs: number;
}

export const BACKOFF: Backoff = { attempts: 6, firstMs: 200, mostMs: 30_000, outageMs: 1_000 };

/** Half of it for certain and half by chance, so that many lanes do not come back in step. */
export const jittered = (ms: number): number => Math.ceil(ms / 2 + (Math.random() * ms) / 2);
