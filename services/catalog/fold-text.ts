// One spelling for everything that people would call the same letters: what is indexed and what is asked for go through here.
import anyAscii from "any-ascii";

/** Scripts whose marks are ornaments of a letter; in those of India and Asia a mark may be the vowel itself. */
const MARKED = /([\p{scx=Latn}\p{scx=Grek}\p{scx=Cyrl}\p{scx=Arab}\p{scx=Hebr}])\p{M}+/gu;
/** What is not seen, such as a soft hyphen, and the stroke that only stretches an Arabic word. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\u0640]/gu;
const LATIN_OR_DIGIT = /[\p{Script=Latin}\p{Nd}]/u;
const NOT_ASCII = /\P{ASCII}/gu;

/**
 * Without case, accents, ligatures and widths: `Große Straße` is `grosse strasse`, `Łódź` is `lodz`, `ＡＢＣ` is `abc`, and
 * the dotted and the dotless i are one. Letters of other scripts stay in their script.
 */
export const foldText = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(UNSEEN, "")
    .replace(MARKED, "$1")
    .normalize("NFC")
    .toLowerCase()
    .replace(NOT_ASCII, foldLetter);

// Upper case first: full case folding makes one of all sigmas. A letter at a time, since a sigma depends on its neighbours.
const foldLetter = (letter: string): string =>
  LATIN_OR_DIGIT.test(letter) ? anyAscii(letter).toLowerCase() : letter.toUpperCase().toLowerCase();
