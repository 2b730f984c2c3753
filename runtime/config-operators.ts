// The settings of the port for operators: where it listens, and who may ask.
import { type Env, integer, isLoopback } from "./config-values.ts";

export interface OperatorSettings {
  host: string;
  port: number;
  /** Somebody named the port: they are to have that one or none. */
  chosen: boolean;
  /** Whoever asks is to bring it as a bearer token; nobody needs one where there is none. */
  token: string | undefined;
}

/** Of a token: whoever listens wider than the machine is not to be guessed. */
const MIN_TOKEN = 16;

/** @throws Error with a sentence that names the setting; also for a host beyond this machine without a token */
export function readOperators(env: Env): OperatorSettings {
  const host = env.METRICS_HOST || "127.0.0.1";
  const token = env.METRICS_TOKEN || undefined;
  if (token !== undefined && (token.length < MIN_TOKEN || !/^[\w.~+/=-]+$/.test(token))) {
    // Without the value: it is a secret.
    throw new Error(`METRICS_TOKEN must be ${MIN_TOKEN} or more letters, digits and signs of a bearer token`);
  }
  if (token === undefined && !isLoopback(host)) {
    throw new Error(`METRICS_HOST is ${host}, which others reach: give METRICS_TOKEN, which they are to bring`);
  }
  return {
    host,
    port: integer("METRICS_PORT", env.METRICS_PORT, { byDefault: 9464, min: 0, max: 65_535 }),
    chosen: Boolean(env.METRICS_PORT),
    token,
  };
}
