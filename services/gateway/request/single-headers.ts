// Headers that are read as one value. Node joins a repeated one with a comma or keeps the first alone, and a proxy in front may
// have kept the other: whoever sends two says two things, and the server is not to choose (RFC 9110, section 5.3).
import type { IncomingMessage } from "node:http";
import { refuse } from "../errors.ts";

/** Those that the gateway reads itself, in lower case. Lists, such as `If-Match`, `Accept` and `X-Forwarded-For`, may repeat. */
const OWN = [
  "host",
  "authorization",
  "idempotency-key",
  "x-request-id",
  "traceparent",
  "content-type",
  "content-length",
  "content-encoding",
  "transfer-encoding",
  "expect",
  "origin",
  "access-control-request-method",
] as const;

/**
 * @param contracted names of headers that become parameters
 * @returns a check that throws BAD_REQUEST (400), naming the header, for a request that repeats one of them
 */
export function refuseRepeated(contracted: Iterable<string>): (req: IncomingMessage) => void {
  const single = new Set<string>([...OWN, ...[...contracted].map((name) => name.toLowerCase())]);
  return ({ rawHeaders, headers }) => {
    // As many names as lines: nothing is repeated, as with nearly every request.
    let names = 0;
    for (const _ in headers) names++;
    if (names * 2 === rawHeaders.length) return;
    const seen = new Set<string>();
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = (rawHeaders[i] as string).toLowerCase();
      if (!single.has(name)) continue;
      if (seen.has(name)) throw refuse("bad_request", `The header ${name} is sent more than once`);
      seen.add(name);
    }
  };
}
