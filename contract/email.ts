// E-mail addresses as people write them all over the world: RFC 5321, and RFC 6531 for what is not ASCII.
import { domainToASCII } from "node:url";
import { type TString, Type } from "typebox";
import { invalidEmail } from "./refusals.ts";
import { TYPED, UNSEEN } from "./text.ts";

const ATOM = `[^\\x00-\\x20"(),.:;<>@\\[\\\\\\]\\x7f-\\xa0${UNSEEN}]+`;
// Letters, digits and whatever is not ASCII, but the full stops of other scripts, which part labels as well; inside a label
// hyphens too.
const STOPS = "\u3002\uff0e\uff61";
const LETTER = `[^\\x00-/:-@\\[-\\x60{-\\xa0${STOPS}]`;
const LETTER_OR_HYPHEN = `[^\\x00-,./:-@\\[-\\x60{-\\xa0${STOPS}]`;
const LABEL = `${LETTER}(?:${LETTER_OR_HYPHEN}*${LETTER})?`;

/** As it is kept and told: canonical. */
export const Email = Type.String({ maxLength: 254 });

/** Blanks around it are cut. The domain may be in Unicode, and so may the part before it. */
export const EmailInput: TString = Type.String({
  [TYPED]: true,
  pattern: `^${ATOM}(?:\\.${ATOM})*@${LABEL}(?:[.${STOPS}]${LABEL})+$`,
  maxLength: 254,
  title: "EmailInput",
  description: "RFC 5321 and RFC 6531; a domain in Unicode is kept in its `xn--` form",
  examples: ["ada@example.com"],
});

/**
 * The one spelling of an e-mail address that is stored and compared, by whoever holds one: composed (NFC), in lower case, the
 * domain in its ASCII form (UTS #46), so that an account is the same however its address is typed.
 * @throws INVALID_EMAIL (422) where the domain has no such form, a label of it more than 63 octets, or the whole more than 254
 */
export function canonicalEmail(email: string): string {
  const at = email.lastIndexOf("@");
  const local = email.slice(0, at).normalize("NFC").toLowerCase().normalize("NFC");
  const domain = asciiDomain(email.slice(at + 1));
  const canonical = `${local}@${domain}`;
  if (Buffer.byteLength(canonical) > 254 || domain.split(".").some((label) => label.length > 63)) throw invalidEmail();
  return canonical;
}

function asciiDomain(domain: string): string {
  // What is ASCII already is only put in lower case: to a URL's host parser `1.2` would be the address 1.0.0.2.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  if (/^[\x00-\x7f]*$/.test(domain)) return domain.toLowerCase();
  const ascii = domainToASCII(domain);
  if (!/\.[a-z0-9-]*[a-z][a-z0-9-]*$/.test(ascii)) throw invalidEmail();
  return ascii;
}
