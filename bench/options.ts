import { parseArgs } from "node:util";

export interface Level {
  clients: number;
  /** Every order has a line of the same SKU, instead of lines spread over all of them. */
  oneSku: boolean;
}

export interface Plan {
  levels: readonly Level[];
  /** Measured time of a level. */
  seconds: number;
  /** Time under load before it. */
  warmUpMs: number;
}

export interface Options extends Plan {
  json: boolean;
  /** Folder for a CPU profile of the shop. */
  profile: string | undefined;
}

const USAGE = `Usage: npm run bench -- [--seconds N] [--clients N,N,...] [--json] [--profile FOLDER]
  --seconds  measured time of each level (8)
  --clients  numbers of clients, each a level (1,16,64); the largest is run once more with one SKU for all
  --json     end with one line of JSON
  --profile  write a CPU profile of the shop's process there`;
const WARM_UP_MS = 2_000;

/** Ends the process with a sentence when the arguments make no sense. */
export function readOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        seconds: { type: "string", default: "8" },
        clients: { type: "string", default: "1,16,64" },
        json: { type: "boolean", default: false },
        profile: { type: "string" },
      },
    });
    const clients = values.clients.split(",").map((each) => whole("--clients", each, 1_000));
    return {
      levels: [
        ...clients.map((each) => ({ clients: each, oneSku: false })),
        { clients: Math.max(...clients), oneSku: true },
      ],
      seconds: whole("--seconds", values.seconds, 300),
      warmUpMs: WARM_UP_MS,
      json: values.json,
      profile: values.profile,
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
    process.exit(2);
  }
}

function whole(name: string, text: string, max: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > max) {
    throw new Error(`${name} takes whole numbers from 1 to ${max}, not ${text}`);
  }
  return number;
}
