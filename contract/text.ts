// Texts that people type. What is printed on a label or stands in the line of a mail has something that can be seen, ends where
// its line ends, and cannot turn round the text beside it. The patterns are understood alike by ECMA-262, Python's `re` and Go's
// RE2, so that whoever reads the published documents can check what they send: no property escapes, no look-around, and no
// escape but `\x..`; what lies further up stands in them as itself.
import { type TSchemaOptions, type TString, Type } from "typebox";

const CONTROLS = "\\x00-\\x1f\\x7f-\\x9f";
/** The line and the paragraph separator. */
const SEPARATORS = "\u2028\u2029";
/** Embeddings, overrides and isolates: what follows is shown in another order than it has (UAX #9). Marks are no overrides. */
const BIDIRECTIONAL = "\u202a-\u202e\u2066-\u2069";
/** Tabs and line breaks, which a text of several lines may hold. */
const CONTROLS_IN_LINES = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f";

/** Spaces of all widths, and what has no shape at all: joiners, fillers, variation selectors, tags. */
const INVISIBLE =
  " \\xa0\\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u202f\u205f-\u206f\u2800\u3000\u3164" +
  "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}";

/** What shows nothing by itself, or shows the text beside it otherwise. For a character class. */
export const UNSEEN = SEPARATORS + BIDIRECTIONAL + INVISIBLE;

const NOT_IN_LINE = CONTROLS + SEPARATORS + BIDIRECTIONAL;
const NOT_IN_LINES = CONTROLS_IN_LINES + BIDIRECTIONAL;

/** A text that was left empty counts as absent. */
export const orNull = (words: string | null | undefined): string | null => words || null;

const allBut = (forbidden: string) => `^[^${forbidden}]*$`;
const visibleBut = (forbidden: string) => `^[^${forbidden}]*[^${forbidden}${INVISIBLE}][^${forbidden}]*$`;

/** Read by `compile`: blanks at both ends are cut before anything else is looked at, and half a character is refused. */
export const TYPED = "x-typed";
/** Read by `compile`: what is said of a text that does not match the pattern, which no person could read. */
export const MUST = "x-must";

const text = (pattern: string, must: string, maxLength: number, options: TSchemaOptions): TString =>
  Type.String({ [TYPED]: true, pattern, [MUST]: must, maxLength, ...options });

/** Any characters, kept as they come; only NUL is none that a database keeps. */
export const AnyText = (options: TSchemaOptions = {}): TString =>
  Type.String({ pattern: "^[^\\x00]*$", [MUST]: "must not hold the character NUL", ...options });

/** One line with something to be seen in it. @param maxLength in characters */
export const OneLine = (maxLength: number, options: TSchemaOptions = {}): TString =>
  text(visibleBut(NOT_IN_LINE), "must be one line with something to be seen in it", maxLength, {
    minLength: 1,
    ...options,
  });

/** One line that may be empty, as forms send what was not filled in: it counts as absent. */
export const MaybeLine = (maxLength: number, options: TSchemaOptions = {}): TString =>
  text(allBut(NOT_IN_LINE), "must be one line", maxLength, options);

/** A text of several lines, or none. */
export const Lines = (maxLength: number, options: TSchemaOptions = {}): TString =>
  text(allBut(NOT_IN_LINES), "must not hold control characters", maxLength, options);
