import { parseArgs } from "node:util";

export const PARTS = ["flow", "orders"] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  /** Events that the outbox is filled with. */
  events: number;
  /** Measured time of one slice of orders. */
  seconds: number;
  /** Slices of each kind. */
  rounds: number;
  clients: number;
  parts: readonly Part[];
  /** `host:port` of a broker that no shop uses; one is started when absent. */
  kafka: string | undefined;
  json: boolean;
  /** Folder for CPU profiles of the shops. */
  profile: string | undefined;
}

const USAGE = `Usage: npm run bench:events -- [--events N] [--seconds N] [--rounds N] [--kafka HOST:PORT] [--json]
  --events   events in the outbox that is relayed and reported (200000)
  --seconds  measured time of each slice of orders (8)
  --rounds   slices of each kind, one after the other in turn (3)
  --clients  clients that place orders (64)
  --only     flow (relay, reports, latency) or orders (what the bridge costs them)
  --kafka    a broker that is used by nobody else; without it one is started
  --profile  write CPU profiles of the shops' processes there
  --json     end with one line of JSON`;

/** Ends the process with a sentence when the arguments make no sense. */
export function readOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        events: { type: "string", default: "200000" },
        seconds: { type: "string", default: "8" },
        rounds: { type: "string", default: "3" },
        clients: { type: "string", default: "64" },
        only: { type: "string" },
        kafka: { type: "string" },
        profile: { type: "string" },
        json: { type: "boolean", default: false },
      },
    });
    if (values.kafka !== undefined && !/^[^\s:,]+:\d+$/.test(values.kafka)) {
      throw new Error(`--kafka takes host:port, not ${values.kafka}`);
    }
    const only = PARTS.filter((part) => part === (values.only ?? part));
    if (only.length === 0) throw new Error(`--only takes ${PARTS.join(" or ")}, not ${values.only}`);
    return {
      events: whole("--events", values.events, 1_000, 10_000_000),
      seconds: whole("--seconds", values.seconds, 1, 300),
      rounds: whole("--rounds", values.rounds, 1, 50),
      clients: whole("--clients", values.clients, 1, 1_000),
      parts: only,
      kafka: values.kafka,
      json: values.json,
      profile: values.profile,
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
    process.exit(2);
  }
}

function whole(name: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < min || number > max) {
    throw new Error(`${name} takes whole numbers from ${min} to ${max}, not ${text}`);
  }
  return number;
}
