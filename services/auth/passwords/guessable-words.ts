// The words that somebody who knows the account or the shop tries next: names and addresses, whatever stands between their
// parts, and with a number behind them.

export interface Known {
  /** In its canonical form. */
  email: string;
  /** What the user is called, where that is told: it is another service's. */
  name?: string;
  shopName: string;
}

const NO_WORD = /[^\p{L}\p{M}\p{N}]+/gu;
const NUMBER_AT_END = /\p{N}+$/u;

/** @param folded a password in NFC and lower case. Whether it is such a word */
export function isGuessable(folded: string, known: Known): boolean {
  const bare = folded.replace(NO_WORD, "");
  return bare !== "" && wordsOf(known).some((word) => bare === word || stem(bare) === stem(word));
}

function wordsOf({ email, name = "", shopName }: Known): string[] {
  const cut = email.lastIndexOf("@");
  const [local, domain] = [email.slice(0, cut), email.slice(cut + 1)];
  const words = [email, local, domain, domain.split(".")[0] as string, name, ...name.split(/\s+/), shopName];
  return words.map((word) => word.normalize("NFC").toLowerCase().replace(NO_WORD, "")).filter((word) => word !== "");
}

/** A number alone is its own stem. */
const stem = (word: string): string => word.replace(NUMBER_AT_END, "") || word;
