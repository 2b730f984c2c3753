// What a client would rather have (RFC 9110, 12.5.1).
import type { IncomingMessage } from "node:http";
import type { MediaType } from "../../../contract/http-binding.ts";

/** `text/html`, `text/*` or the type and subtype of any, with its parameters. */
const RANGE = /^\s*([\w!#$&^.+*-]+\/[\w!#$&^.+*-]+)\s*(;.*)?$/;
const QUALITY = /;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)/i;

/**
 * Of these types the one that the client would rather have; the first of those that it likes equally, as when it says
 * nothing. So is one that it did not ask for: it gets an answer instead of a refusal.
 */
export function preferred<T extends MediaType>({ headers }: IncomingMessage, types: readonly [T, ...T[]]): T {
  const ranges = rangesOf(headers.accept ?? "*/*");
  return types.reduce((best, type) => (qualityOf(type, ranges) > qualityOf(best, ranges) ? type : best));
}

function rangesOf(header: string): ReadonlyMap<string, number> {
  const ranges = new Map<string, number>();
  for (const each of header.split(",")) {
    const [, range, parameters = ""] = RANGE.exec(each) ?? [];
    if (range === undefined) continue;
    const quality = Number(QUALITY.exec(parameters)?.[1] ?? 1);
    ranges.set(range.toLowerCase(), Math.max(quality, ranges.get(range.toLowerCase()) ?? 0));
  }
  return ranges;
}

/** By the range that says most of the type. */
const qualityOf = (type: MediaType, ranges: ReadonlyMap<string, number>): number =>
  ranges.get(type) ?? ranges.get(`${type.split("/")[0]}/*`) ?? ranges.get("*/*") ?? 0;
