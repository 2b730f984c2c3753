// What can be searched for: runs of letters and digits, without accents. Texts and questions go through the same mill, so
// that Postgres never parses what a stranger typed: no operators, no file names, no hyphen rules.

const wordsOf = (text: string): string[] =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** A text to be indexed. */
export const searchText = (...texts: readonly string[]): string => texts.flatMap(wordsOf).join(" ");

/**
 * A question as a tsquery: every word must occur, the last may be the beginning of one.
 * @returns null when nothing in it can be searched for
 */
export function searchQuery(question: string): string | null {
  const words = wordsOf(question);
  return words.length === 0 ? null : `${words.join(" & ")}:*`;
}
