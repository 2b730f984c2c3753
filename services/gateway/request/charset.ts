// The text of a body that is no JSON, in whatever character encoding it was saved. Nothing is guessed: an encoding is
// declared, or marked by the first bytes, or it is UTF-8; bytes that do not fit are refused with the line they stand in.
import { isUtf8 } from "node:buffer";
import { invalid } from "../../../contract/refusals.ts";

export type Charset = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** Labels as clients write them; `iso-8859-1` is read as browsers read it (WHATWG Encoding). */
const LABELS = new Map<string, Charset>([
  ["utf-8", "utf-8"],
  ["utf8", "utf-8"],
  ["utf-16", "utf-16le"],
  ["utf-16le", "utf-16le"],
  ["utf-16be", "utf-16be"],
  ["windows-1252", "windows-1252"],
  ["cp1252", "windows-1252"],
  ["iso-8859-1", "windows-1252"],
  ["latin1", "windows-1252"],
]);

/**
 * The charset among the parameters of a content type, UTF-8 where none is named.
 * @param parameters in small letters, such as `charset="utf-8"`
 * @returns undefined for one that nobody knows here, and where two differ
 */
export function charsetOf(parameters: readonly string[]): Charset | undefined {
  const named = parameters.flatMap((each) => /^charset=("?)(.*)\1$/.exec(each)?.[2] ?? []);
  const [first = "utf-8", ...others] = named;
  const charset = LABELS.get(first);
  return others.every((other) => LABELS.get(other) === charset) ? charset : undefined;
}

/**
 * The text, without the byte order mark; a mark decides, whatever was declared.
 * @throws VALIDATION_FAILED (400) that names the line for bytes that are no text of the charset
 */
export function decodeText(bytes: Buffer, declared: Charset): string {
  const [charset, markLength] = markOf(bytes) ?? [declared, 0];
  const content = bytes.subarray(markLength);
  if (charset === "utf-16le" || charset === "utf-16be") return decodeUtf16(content, charset);
  // Line breaks and NUL are the same bytes in everything that grew out of ASCII.
  if (content.includes(0)) throw unreadable(content.toString("latin1"), hasNoNul, NUL);
  if (charset === "windows-1252") return new TextDecoder(charset).decode(content);
  if (isUtf8(content)) return content.toString();
  throw unreadable(content.toString("latin1"), (line) => isUtf8(Buffer.from(line, "latin1")), NOT_UTF8);
}

function decodeUtf16(bytes: Buffer, charset: "utf-16le" | "utf-16be"): string {
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const text = (charset === "utf-16le" ? whole : Buffer.from(whole).swap16()).toString("utf16le");
  if (text.includes("\0")) throw unreadable(text, hasNoNul, NUL);
  if (text.isWellFormed() && whole.length === bytes.length) return text;
  throw unreadable(text, (line) => line.isWellFormed(), `is not ${charset.toUpperCase()}. Save the file as UTF-8`);
}

function markOf(bytes: Buffer): [Charset, number] | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return ["utf-8", 3];
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return ["utf-16le", 2];
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return ["utf-16be", 2];
  return undefined;
}

const NOT_UTF8 =
  "is not UTF-8. Save the file as UTF-8, or send it as text/csv; charset=windows-1252 if that is what it is";
const NUL = "holds a NUL. Save the file as UTF-8, or send it as text/csv; charset=utf-16le if that is what it is";
const hasNoNul = (line: string): boolean => !line.includes("\0");

/** Names the first line that is not sound, or the last one where the text breaks off. */
function unreadable(text: string, sound: (line: string) => boolean, why: string) {
  const lines = text.split(/\r\n|\n|\r/);
  const at = lines.findIndex((line) => !sound(line));
  return invalid({ pointer: "", code: "encoding", message: `line ${at === -1 ? lines.length : at + 1} ${why}` });
}
