/** The fields of one record; or what keeps the text from being one: a quote still open at its end, or text after a closing quote. */
export type SplitResult = { fields: string[] } | { broken: "open quote" | "text after a closing quote" };

/**
 * Splits the text of one record at its commas, by RFC 4180. A quote opens a field only at its beginning; elsewhere
 * (`6" RULER`) it is a character like any other.
 */
export function splitFields(text: string): SplitResult {
  if (!text.includes('"')) return { fields: text.split(",") };

  const fields: string[] = [];
  let at = 0;
  while (true) {
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1);
      if (end < 0) return { broken: "open quote" };
      fields.push(text.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
      if (at < text.length && text[at] !== ",") return { broken: "text after a closing quote" };
    } else {
      const comma = text.indexOf(",", at);
      const end = comma < 0 ? text.length : comma;
      fields.push(text.slice(at, end));
      at = end;
    }
    if (at >= text.length) return { fields };
    at += 1;
  }
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}
