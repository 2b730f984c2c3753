// Long enough and not among the first guesses; no rules of composition, which only make passwords guessable by rule. Every
// character is part of it, blanks at the ends included; but blanks in a row, and what cannot be seen, count as one, so that eight
// of them are no password. The form is NFC, so that one password typed on two keyboards is one.

import { UNSEEN } from "../../../contract/text.ts";
import { weakPassword } from "../errors.ts";
import { COMMON_PASSWORDS } from "./common-passwords.ts";

const MIN_CODE_POINTS = 8;

const UNSEEN_RUN = new RegExp(`[\\s\\x00-\\x1f\\x7f-\\x9f${UNSEEN}]+`, "gu");

/** The form in which a password is judged, hashed and compared. */
export const canonicalPassword = (password: string): string => password.normalize("NFC");

/**
 * @param email of the account, in its canonical form
 * @throws WEAK_PASSWORD (422)
 */
export function assertPasswordAllowed(password: string, email: string): void {
  const canonical = canonicalPassword(password);
  // The contract counts what was sent; composed, it may be shorter.
  if ([...canonical.replace(UNSEEN_RUN, " ")].length < MIN_CODE_POINTS)
    throw weakPassword(`has fewer than ${MIN_CODE_POINTS} characters`);
  const folded = canonical.toLowerCase();
  if (COMMON_PASSWORDS.has(folded)) throw weakPassword("is among the most common ones");
  if (folded === email || folded === email.split("@")[0]) throw weakPassword("is the e-mail address");
}
