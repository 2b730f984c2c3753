// A body is only what its Content-Type says, and only types that the route declares are read.
import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { BodyTaking } from "../../../contract/http-binding.ts";
import { invalid } from "../../../contract/refusals.ts";
import { refuse } from "../errors.ts";
import { type Route, takingOf } from "../route.ts";
import { parseJson } from "./json.ts";

/** The types that a route takes. */
export function contentTypes({ http }: Pick<Route, "http">): readonly string[] {
  const taking = takingOf(http);
  if (taking.as === "stream") return taking.types;
  return [
    "application/json",
    ...(http.method === "PATCH" ? ["application/merge-patch+json"] : []),
    ...(taking.as === "csv" ? ["text/csv"] : []),
  ];
}

/** @throws UNSUPPORTED_MEDIA_TYPE (415) for another type, another charset, or a compressed body */
export function contentTypeOf({ headers }: IncomingMessage, accepted: readonly string[]): string {
  const header = headers["content-type"] ?? "";
  // What nearly every client sends costs no parsing.
  if (header === accepted[0] && headers["content-encoding"] === undefined) return header;
  const [type, ...parameters] = header.split(";").map((part) => part.trim().toLowerCase());
  const found = accepted.find((each) => each === type);
  const utf8 = parameters.every((each) => !each.startsWith("charset=") || /^charset="?utf-8"?$/.test(each));
  const encoding = headers["content-encoding"] ?? "identity";
  if (found === undefined || !utf8 || encoding !== "identity") {
    throw refuse("unsupported_media_type", `Send ${accepted.join(" or ")}, in UTF-8 and not compressed`);
  }
  return found;
}

/** @throws MALFORMED_JSON, VALIDATION_FAILED (400) */
export function readContent(bytes: Buffer, type: string, taking: BodyTaking): Record<string, unknown> {
  if (taking.as === "csv" && type === "text/csv") {
    if (!isUtf8(bytes)) throw invalid({ pointer: "", code: "encoding", message: "is not UTF-8" });
    return { [taking.into]: bytes.toString() };
  }
  if (taking.as === "raw") {
    // What is no UTF-8 would not be the same bytes again.
    if (!isUtf8(bytes)) throw refuse("malformed_json", "The body is not UTF-8");
    return { [taking.into]: bytes.toString() };
  }
  const value = parseJson(bytes);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid({ pointer: "", code: "type", message: "must be object" });
  }
  return value as Record<string, unknown>;
}
