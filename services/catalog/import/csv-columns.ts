// What the first line of a CSV says: what is between its cells, and which column is which.
import { malformedCsv } from "../errors.ts";
import { cellsOfLine } from "./csv-records.ts";

const REQUIRED = ["title", "sku", "price", "currency"] as const;
const OPTIONAL = ["slug", "description", "status", "variantTitle"] as const;
export type Column = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];

/** Names as people write them, `Variant title` or `variant_title`, -> the column. */
const COLUMNS = new Map<string, Column>([...REQUIRED, ...OPTIONAL].map((name) => [keyOf(name), name]));

const DELIMITERS = [",", ";", "\t"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** The delimiter by which most columns of the first line that is not empty are known ones. */
export function delimiterOf(text: string): Delimiter {
  const head = /[^\s].*/.exec(text)?.[0] ?? "";
  const known = DELIMITERS.map((each) => cellsOfLine(head, each).filter((cell) => COLUMNS.has(keyOf(cell))).length);
  return DELIMITERS[known.indexOf(Math.max(...known))] as Delimiter;
}

/**
 * The columns by the cells of the first line.
 * @throws malformed_csv (422) where one is missing, is there twice, or is none
 */
export function columnsOf(head: readonly string[]): Column[] {
  const names = withoutEmptyEnd(head, 0);
  const columns = names.map((name) => COLUMNS.get(keyOf(name)));
  const missing = REQUIRED.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    throw malformedCsv(
      `The first line must name the columns, with commas, semicolons or tabs between them; not there: ${missing.join(", ")}`,
    );
  }
  const odd = names.filter((_, i) => columns[i] === undefined || columns.indexOf(columns[i]) < i);
  if (odd.length > 0) {
    const listed = odd.map((name) => name || "one without a name").join(", ");
    throw malformedCsv(`These columns are not known, or there twice: ${listed.slice(0, 200)}`);
  }
  return columns as Column[];
}

/** The cells without the empty ones at their end, as spreadsheets leave them behind, as long as there are more than that. */
export function withoutEmptyEnd(cells: readonly string[], least: number): readonly string[] {
  let end = cells.length;
  while (end > least && cells[end - 1] === "") end--;
  return end === cells.length ? cells : cells.slice(0, end);
}

function keyOf(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}
