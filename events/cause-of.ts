/** An error's own words, NUL left out, which no text column takes. */
export const causeOf = (error: unknown): string =>
  (error instanceof Error ? error.message || error.name : String(error)).replaceAll("\0", "");
