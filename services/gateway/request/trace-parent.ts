// W3C Trace Context. Whatever comes goes on to every service and into events, so only what is exactly of the form is
// believed; anything else starts a trace of its own, as if nothing had come.
import { randomUUID } from "node:crypto";

const FORM = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;
/** Nobody has decided against recording. */
const SAMPLED = "01";

/** The `traceparent` of this request: a new span, in the caller's trace where it named one. */
export function traceParentOf(header: string | string[] | undefined): string {
  const [, trace, flags] = (typeof header === "string" && FORM.exec(header)) || [];
  return `00-${trace ?? randomUUID().replaceAll("-", "")}-${newSpan()}-${flags ?? SAMPLED}`;
}

// Of a UUID, whose randomness Node keeps in stock: the half that begins with the variant's bits, and so is never all zero.
function newSpan(): string {
  const uuid = randomUUID();
  return uuid.slice(19, 23) + uuid.slice(24);
}
