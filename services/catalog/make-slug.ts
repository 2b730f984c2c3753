// A slug for a product that came without one: words of the title, and a random end when that is taken.
import { randomInt } from "node:crypto";

/** Leaves room for the end within the longest slug there may be. */
const MAX_BASE = 100;
const END_LENGTH = 6;

/** The title's words in plain letters; a title without any is a `product`. */
export function slugFrom(title: string): string {
  const words = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_BASE)
    .replace(/^-|-$/g, "");
  return words || "product";
}

/** Random instead of counted: two that are made at the same moment do not meet again. */
export function slugWithEnd(base: string): string {
  return `${base}-${randomInt(36 ** END_LENGTH)
    .toString(36)
    .padStart(END_LENGTH, "0")}`;
}
