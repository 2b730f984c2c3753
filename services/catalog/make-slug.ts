// A slug for a product that came without one: words of the title in ASCII, and a random end when that is taken.
import { randomInt } from "node:crypto";
import anyAscii from "any-ascii";

/** Leaves room for the end within the longest slug there may be. */
const MAX_BASE = 100;
const END_LENGTH = 6;

/** The title's words, whatever script they are in, in plain letters; a title without any is a `product`. */
export function slugFrom(title: string): string {
  // Composed first: letters of half width, and those whose accent is a character of its own, are known as one.
  const words = anyAscii(title.normalize("NFKC"))
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? ["product"];
  const slug = words.join("-");
  if (slug.length <= MAX_BASE) return slug;
  const lastWhole = slug.lastIndexOf("-", MAX_BASE);
  return slug.slice(0, lastWhole > 0 ? lastWhole : MAX_BASE);
}

/** Random instead of counted: two that are made at the same moment do not meet again. */
export function slugWithEnd(base: string): string {
  return `${base}-${randomInt(36 ** END_LENGTH)
    .toString(36)
    .padStart(END_LENGTH, "0")}`;
}
