// A CSV of variants as the items of an import: one row per variant, the rows of one slug are one product; where the slug is
// empty, the rows of one title. What only the first row of a product need say is its title (given a slug) and description.
import { CsvError, parse } from "csv-parse/sync";
import { malformedCsv } from "../errors.ts";
import type { RawItem, RowError } from "./check-items.ts";
import { readPrice } from "./read-price.ts";

const REQUIRED = ["title", "sku", "price", "currency"];
const COLUMNS = ["slug", "description", "variantTitle", ...REQUIRED];

type Cells = Record<string, string>;
interface Line {
  /** Where the record begins in the file, from 1. */
  number: number;
  cells: Cells;
  /** It has more or fewer cells than there are columns. */
  ragged: boolean;
}

/** @throws malformed_csv (400) when the text as a whole cannot be read; then nothing of it is imported */
export function readCsv(text: string): RawItem[] {
  const products = new Map<string, Line[]>();
  for (const line of readLines(text)) {
    const { slug, title } = line.cells;
    const name = slug ? `slug ${slug}` : `title ${title}`;
    const lines = products.get(name);
    if (lines === undefined) products.set(name, [line]);
    else lines.push(line);
  }
  return [...products.values()].map(itemOf);
}

function readLines(text: string): Line[] {
  const [head, ...records] = parseRecords(text);
  const columns = head?.record.map((name) => name.trim()) ?? [];
  const missing = REQUIRED.filter((name) => !columns.includes(name));
  if (missing.length > 0) throw malformedCsv(`The first line must name the columns; not there: ${missing.join(", ")}`);
  const odd = columns.filter((name, i) => !COLUMNS.includes(name) || columns.indexOf(name) < i);
  if (odd.length > 0)
    throw malformedCsv(`These columns are not known, or there twice: ${odd.join(", ").slice(0, 200)}`);
  return records.map(({ record, number }) => ({
    number,
    cells: Object.fromEntries(columns.map((name, i) => [name, record[i]?.trim() ?? ""])),
    ragged: record.length !== columns.length,
  }));
}

function parseRecords(text: string): { record: string[]; number: number }[] {
  try {
    const records = parse(text, {
      bom: true,
      info: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      // An inch sign in the middle of a cell is no quote.
      relax_quotes: true,
      skip_empty_lines: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    // The parser tells the line on which a record ends.
    return records.map(({ record, info }) => ({ record, number: info.lines - countBreaks(record) }));
  } catch (error) {
    if (error instanceof CsvError) throw malformedCsv(error.message);
    throw error;
  }
}

const countBreaks = (record: readonly string[]): number =>
  record.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);

function itemOf(lines: Line[]): RawItem {
  const first = lines[0] as Line;
  const rows = lines.map((line) => line.number);
  const prices = lines.map(({ cells }) => readPrice(cells.price ?? "", cells.currency ?? ""));
  const refused = lines.map((line, i) => flawOf(line, first, prices[i] as number | null)).find((flaw) => flaw !== null);
  const { slug, title, description } = first.cells;
  return {
    row: first.number,
    variantRows: rows,
    refused: refused ?? null,
    item: {
      ...(slug && { slug }),
      title,
      ...(description && { description }),
      variants: lines.map(({ cells }, i) => ({
        sku: cells.sku,
        ...(cells.variantTitle && { title: cells.variantTitle }),
        price: { amount: prices[i], currency: cells.currency },
      })),
    },
  };
}

function flawOf({ number: row, cells, ragged }: Line, first: Line, price: number | null): RowError | null {
  if (ragged) return { row, code: "malformed_row", message: "The row has not as many cells as there are columns" };
  for (const column of ["title", "description"]) {
    if (cells[column] && cells[column] !== first.cells[column]) {
      const message = `The ${column} is another one than in line ${first.number}, of the same product`;
      return { row, code: "conflicting_rows", message };
    }
  }
  if (price !== null) return null;
  return {
    row,
    code: "invalid_price",
    message: `${cells.price?.slice(0, 40)} is no price in ${cells.currency?.slice(0, 10)}`,
  };
}
