import type { Reporter } from "./reporter.ts";

/** `day` is `YYYY-MM-DD`, UTC; the two times are how long to wait for a busy server and for one order's outcome. */
export type ReplayOptions = {
  file: string;
  url: string;
  email: string;
  password: string;
  concurrency: number;
  reporter: Reporter;
  day?: string;
  patienceMs?: number;
  outcomeDeadlineMs?: number;
};
