import { randomUUIDv7 } from "node:crypto";

// Whatever comes goes into logs, traces and answers: anything but a plain identifier is replaced.
const ACCEPTABLE = /^[A-Za-z0-9._-]{8,64}$/;

/** The caller's `X-Request-Id` where it is fit to be repeated, else a new one. */
export const requestIdOf = (header: string | string[] | undefined): string =>
  typeof header === "string" && ACCEPTABLE.test(header) ? header : randomUUIDv7();
