// What can be searched for: runs of letters and digits. Texts and questions go through the same mill, so that Postgres never
// parses what a stranger typed: no operators, no file names, no hyphen rules.
import anyAscii from "any-ascii";
import { foldText } from "./fold-text.ts";

// Of scripts without spaces nobody can tell where a word begins, and Korean has spaces but joins words and particles. Each two
// neighbours are a word of their own instead.
const UNSPACED = ["Hani", "Hira", "Kana", "Hang", "Thai", "Laoo", "Khmr", "Mymr"]
  .map((script) => String.raw`\p{scx=${script}}`)
  .join("");
const WORD = new RegExp(
  String.raw`[[\p{L}\p{N}\p{M}]&&[${UNSPACED}]]+|[[\p{L}\p{N}]--[${UNSPACED}]][[\p{L}\p{N}\p{M}]--[${UNSPACED}]]*`,
  "gv",
);
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "v");

/** Words that may have been misspelt. Of a number nobody knows whether it is wrong, and a longer run is no word. */
const SPELLABLE = /^\p{L}[\p{L}\p{M}]{2,39}$/u;
const MIN_SPELLED = 3;

const wordsOf = (text: string): string[] => foldText(text).match(WORD) ?? [];

/** The text to be indexed: words, and of an unspaced run `abc` the pieces `ab bc c`. */
export const searchText = (...texts: readonly string[]): string => texts.flatMap(wordsOf).flatMap(piecesOf).join(" ");

function piecesOf(word: string): string[] {
  if (!IS_UNSPACED.test(word)) return [word];
  const letters = [...word];
  return letters.map((letter, i) => letter + (letters[i + 1] ?? ""));
}

/** A SKU as one lexeme, that no word is like. Signs in it all count as the same. */
export const skuLexeme = (sku: string): string => `=${wordsOf(sku).join("-")}`;

/** A word and how it is spelled in ASCII, which is all that trigrams see where the server's locale is C. */
export interface Spelling {
  word: string;
  spelled: string;
}

/** The words of a text that a misspelt one could stand for. */
export const spellingsOf = (...texts: readonly string[]): Spelling[] =>
  [...new Set(texts.flatMap(wordsOf))].flatMap((word) => {
    const spelled = spell(word);
    return spelled === null ? [] : [{ word, spelled }];
  });

function spell(word: string): string | null {
  if (!SPELLABLE.test(word) || IS_UNSPACED.test(word)) return null;
  const spelled = anyAscii(word)
    .toLowerCase()
    .replace(/[^a-z]/g, "");
  return spelled.length < MIN_SPELLED ? null : spelled;
}

/** One word that was asked for. */
export interface Term {
  /** As it stands, and what it may be a misspelling of. */
  words: readonly string[];
  /** Null where it cannot be misspelt. */
  spelled: string | null;
}

/** The words of a question; none where nothing in it can be searched for. */
export const termsOf = (question: string): Term[] =>
  wordsOf(question).map((word) => ({ words: [word], spelled: spell(word) }));

/**
 * Terms as a tsquery: every one must occur, the last may be the beginning of a word.
 * @param weights where they must occur, such as `AB`; anywhere when empty
 */
export const tsquery = (terms: readonly Term[], weights = ""): string =>
  terms
    .map(({ words }, i) => `(${words.map((word) => operand(word, i === terms.length - 1, weights)).join(" | ")})`)
    .join(" & ");

function operand(word: string, mayBegin: boolean, weights: string): string {
  const pieces = IS_UNSPACED.test(word) ? piecesOf(word) : [word];
  // A single letter of an unspaced script is the beginning of the piece that it makes with its neighbour.
  if (IS_UNSPACED.test(word) && pieces.length === 1) return `${word}:*${weights}`;
  if (pieces.length > 1)
    return `(${pieces
      .slice(0, -1)
      .map((piece) => tagged(piece, weights))
      .join(" <-> ")})`;
  return tagged(word, `${mayBegin ? "*" : ""}${weights}`);
}

const tagged = (word: string, tag: string): string => (tag === "" ? word : `${word}:${tag}`);
