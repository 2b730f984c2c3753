const LONGEST_TITLE = 200;

/**
 * Keeps the title a product has, or takes the next description of it when that is better. The shop wrote its catalogue
 * in capitals and its notes (`damaged`, `?`) in whatever came to hand, so the first text in capitals stays.
 */
export function betterTitle(current: string | undefined, description: string): string | undefined {
  if (current !== undefined && (isCatalogueText(current) || !isCatalogueText(description))) return current;
  return description.slice(0, LONGEST_TITLE) || current;
}

function isCatalogueText(text: string): boolean {
  return text.length > 4 && /[A-Z]{2}/.test(text) && text === text.toUpperCase();
}
