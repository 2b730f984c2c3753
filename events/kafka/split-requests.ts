// A broker refuses a record batch above its `message.max.bytes`, a megabyte as it comes, and would refuse it for ever: few
// large events must travel in several requests where many small ones share one.
import type { OutgoingMessage } from "./cloud-event.ts";

const MOST_BYTES = 900_000;
/** What a record and a header cost besides their text, at most. */
const RECORD_BYTES = 32;
const HEADER_BYTES = 8;

/** The messages in their order, in runs that the broker takes even if all of a run are for one partition. */
export function splitRequests(messages: readonly OutgoingMessage[], mostBytes = MOST_BYTES): OutgoingMessage[][] {
  const runs: OutgoingMessage[][] = [];
  let left = 0;
  for (const message of messages) {
    const bytes = bytesOf(message);
    if (runs.length === 0 || bytes > left) {
      runs.push([]);
      left = mostBytes;
    }
    runs.at(-1)?.push(message);
    left -= bytes;
  }
  return runs;
}

function bytesOf({ key, value, headers }: OutgoingMessage): number {
  let bytes = RECORD_BYTES + Buffer.byteLength(key) + Buffer.byteLength(value);
  for (const name in headers) bytes += HEADER_BYTES + name.length + Buffer.byteLength(headers[name] as string);
  return bytes;
}
