// Long enough and not among the first guesses; no rules of composition, which only make passwords guessable by rule. Every
// character is part of it, blanks at the ends included; but blanks in a row, and what cannot be seen, count as one, so that eight
// of them are no password. The form is NFC, so that one password typed on two keyboards is one.

import { UNSEEN } from "../../../contract/text.ts";
import { weakPassword } from "../errors.ts";
import { isCommonPassword } from "./common-passwords.ts";
import { isGuessable, type Known } from "./guessable-words.ts";

const MIN_CODE_POINTS = 8;

/** A short piece over and over: `aaaaaaaa`, `12341234`. */
const REPETITION = /^(.{1,5})\1+$/su;

const UNSEEN_RUN = new RegExp(`[\\s\\x00-\\x1f\\x7f-\\x9f${UNSEEN}]+`, "gu");

/** The form in which a password is judged, hashed and compared. */
export const canonicalPassword = (password: string): string => password.normalize("NFC");

/**
 * @param known what guessers know of the account and the shop
 * @throws WEAK_PASSWORD (422)
 */
export function assertPasswordAllowed(password: string, known: Known): void {
  const canonical = canonicalPassword(password);
  // The contract counts what was sent; composed, it may be shorter.
  if ([...canonical.replace(UNSEEN_RUN, " ")].length < MIN_CODE_POINTS)
    throw weakPassword(`has fewer than ${MIN_CODE_POINTS} characters`);
  const folded = canonical.toLowerCase();
  if (isCommonPassword(folded) || isMonotonous(folded)) throw weakPassword("is among the most common ones");
  if (isGuessable(folded, known)) throw weakPassword("is the name or the e-mail address, or the name of the shop");
}

/** Whether it is a repetition, or goes up or down one by one, as `abcdefgh` and `87654321` do. */
function isMonotonous(folded: string): boolean {
  const codes = Array.from(folded, (sign) => sign.codePointAt(0) as number);
  const step = (codes[1] as number) - (codes[0] as number);
  return (
    REPETITION.test(folded) ||
    (Math.abs(step) === 1 && codes.every((code, i) => i === 0 || code - (codes[i - 1] as number) === step))
  );
}
