// JSON from strangers. It is refused before it costs anything: by its nesting before it is parsed, for a key that would
// reach an object's prototype wherever the result is copied carelessly, and for text that no database can hold.
import { isUtf8 } from "node:buffer";
import { refuse } from "../errors.ts";

const MAX_DEPTH = 32;
const PROTO = "__proto__";

/** @throws MALFORMED_JSON (400) */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw refuse("malformed_json", "The body is not UTF-8");
  if (deeperThan(bytes, MAX_DEPTH)) throw refuse("malformed_json", `The body nests deeper than ${MAX_DEPTH} levels`);
  const text = bytes.toString();
  const value = parse(text);
  // Either can only be there if it is spelt out, or hides behind an escape.
  if (text.includes(PROTO) || text.includes("\\u")) refuseHidden(value);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words quote the body, which does not belong into answers and logs.
    throw refuse("malformed_json");
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = [0x5b, 0x7b];
const CLOSING = [0x5d, 0x7d];

function deeperThan(bytes: Buffer, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at++;
      while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    } else if (byte === OPENING[0] || byte === OPENING[1]) {
      if (++depth > most) return true;
    } else if (byte === CLOSING[0] || byte === CLOSING[1]) depth--;
  }
  return false;
}

function refuseHidden(value: unknown): void {
  if (typeof value === "string" && !isStorable(value)) {
    throw refuse("malformed_json", "The body has a text with NUL or half a surrogate pair");
  }
  if (typeof value !== "object" || value === null) return;
  if (Object.hasOwn(value, PROTO)) throw refuse("malformed_json", `The body has a key named ${PROTO}`);
  for (const [key, member] of Object.entries(value)) {
    refuseHidden(key);
    refuseHidden(member);
  }
}

/** Postgres takes no NUL in a text, and no half of a surrogate pair in JSON. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
