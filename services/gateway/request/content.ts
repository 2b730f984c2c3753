// A body is only what its Content-Type says, and only types that the route declares are read.
import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { BodyTaking } from "../../../contract/http-binding.ts";
import { invalid } from "../../../contract/refusals.ts";
import { refuse } from "../errors.ts";
import { type Route, takingOf } from "../route.ts";
import { type Charset, charsetOf, decodeText } from "./charset.ts";
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

export interface ContentType {
  type: string;
  charset: Charset;
}

/** @throws UNSUPPORTED_MEDIA_TYPE (415) for another type, a charset that it is not read in, or a compressed body */
export function contentTypeOf({ headers }: IncomingMessage, accepted: readonly string[]): ContentType {
  const header = headers["content-type"] ?? "";
  // What nearly every client sends costs no parsing.
  if (header === accepted[0] && headers["content-encoding"] === undefined) return { type: header, charset: "utf-8" };
  const [type, ...parameters] = header.split(";").map((part) => part.trim().toLowerCase());
  const found = accepted.find((each) => each === type);
  const charset = charsetOf(parameters);
  const encoding = headers["content-encoding"] ?? "identity";
  // JSON is UTF-8 by RFC 8259; a text that a spreadsheet has saved may be anything.
  const readable = charset === "utf-8" || (charset !== undefined && found === "text/csv");
  if (found === undefined || !readable || encoding !== "identity") {
    throw refuse("unsupported_media_type", `Send ${accepted.map(inCharset).join(" or ")}, and not compressed`);
  }
  return { type: found, charset };
}

const inCharset = (type: string): string =>
  type === "text/csv" ? `${type} in UTF-8, UTF-16, windows-1252 or iso-8859-1` : `${type} in UTF-8`;

/** @throws MALFORMED_JSON, VALIDATION_FAILED (400) */
export function readContent(
  bytes: Buffer,
  { type, charset }: ContentType,
  taking: BodyTaking,
): Record<string, unknown> {
  if (taking.as === "csv" && type === "text/csv") return { [taking.into]: decodeText(bytes, charset) };
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
