// A CSV of variants as the items of an import: one row per variant, the rows of one slug are one product; where the slug is
// empty, the rows of one title. What only the first row of a product need say is its title (given a slug), description and status.
import { isCurrency } from "../../../contract/currencies.ts";
import { PRODUCT_STATUSES } from "../catalog.contract.ts";
import { malformedCsv } from "../errors.ts";
import type { Notice, RawItem } from "./check-items.ts";
import { type Column, columnsOf, type Delimiter, delimiterOf, withoutEmptyEnd } from "./csv-columns.ts";
import { type CsvRecord, cellsOfLine, readRecords } from "./csv-records.ts";
import { inPortions } from "./in-portions.ts";
import { decimalMarksOf, type Price, readPrice } from "./read-price.ts";

interface Row {
  /** Its line in the file, where it begins. */
  line: number;
  cells: Partial<Record<Column, string>>;
  /** How many cells it has, where that is not one for each column. */
  ragged: number | null;
}

type PriceOf = (row: Row) => Price;

/** @throws malformed_csv (422) when the text as a whole cannot be read; then nothing of it is imported */
export async function readCsv(text: string): Promise<RawItem[]> {
  const content = text.replace(/^\ufeff/, "");
  const delimiter = delimiterOf(content);
  const rows = await readRows(content, delimiter);
  const prices = rows.map(({ cells }) => cells.price ?? "");
  const marks = decimalMarksOf(prices, delimiter);
  const priceOf: PriceOf = ({ cells }) => readPrice(cells.price ?? "", cells.currency ?? "", marks, delimiter);
  const items: RawItem[] = [];
  await inPortions(Map.groupBy(rows, nameOf).values(), (product) => items.push(itemOf(product, priceOf)));
  return items;
}

/** The same for the rows of one product. */
function nameOf({ line, cells: { slug, title } }: Row): string {
  if (slug) return `slug ${slug}`;
  return title ? `title ${title}` : `line ${line}`;
}

async function readRows(text: string, delimiter: Delimiter): Promise<Row[]> {
  const rows: Row[] = [];
  let columns: Column[] | undefined;
  await inPortions(readRecords(text, delimiter), (record) => {
    if (record.cells.every((cell) => cell === "")) return;
    if (columns === undefined) {
      columns = columnsOf(record.cells);
      return;
    }
    refuseSwallowed(record, columns, delimiter);
    rows.push({ line: record.line, ...assign(record.cells, columns) });
  });
  if (columns === undefined) columnsOf([]);
  return rows;
}

function assign(cells: readonly string[], columns: readonly Column[]): Omit<Row, "line"> {
  const found = withoutEmptyEnd(cells, columns.length);
  return {
    cells: Object.fromEntries(columns.map((column, i) => [column, found[i] ?? ""])),
    ragged: found.length === columns.length ? null : found.length,
  };
}

/**
 * A quote that is not closed in its row may find another one further down, by chance at the end of a cell, and be closed
 * properly by it. The row would then have cells of both rows: nobody writes text of which the first and the last line are rows.
 * @throws malformed_csv (422)
 */
function refuseSwallowed({ line, text }: CsvRecord, columns: readonly Column[], delimiter: Delimiter): void {
  const lines = text.split(/\r\n|\n|\r/);
  const ends = [lines[0] as string, lines.at(-1) as string];
  if (lines.length === 1 || !ends.every((each) => isRow(each, columns, delimiter))) return;
  const last = line + lines.length - 1;
  throw malformedCsv(`Line ${line}: a quote is not closed, and would swallow the rows down to line ${last}`);
}

/** Whether a line by itself has all that a row must have. */
function isRow(line: string, columns: readonly Column[], delimiter: Delimiter): boolean {
  const unquoted = cellsOfLine(line, delimiter).map((cell) => cell.replaceAll('"', ""));
  const { cells, ragged } = assign(unquoted, columns);
  return ragged === null && isCurrency(cells.currency ?? "") && /^\d[\d.,]*$/.test(cells.price ?? "");
}

function itemOf(rows: Row[], priceOf: PriceOf): RawItem {
  const first = rows[0] as Row;
  const { slug, title, description, status } = first.cells;
  const prices = rows.map(priceOf);
  return {
    row: first.line,
    variantRows: rows.map(({ line }) => line),
    refused: rows.map((row, i) => errorOf(row, first, prices[i] as Price)).find((error) => error !== null) ?? null,
    item: {
      ...(slug && { slug }),
      title,
      ...(description && { description }),
      ...(status && { status: status.toUpperCase() }),
      variants: rows.map(({ cells }, i) => ({
        sku: cells.sku,
        ...(cells.variantTitle && { title: cells.variantTitle }),
        price: { ...(prices[i] as Price), currency: cells.currency },
      })),
    },
  };
}

/** What the first row of a product says, and later ones may repeat. */
const SAID_ONCE = ["title", "description", "status"] as const;

function errorOf({ line: row, cells, ragged }: Row, first: Row, price: Price): Notice | null {
  if (ragged !== null) {
    const message = `The row has ${ragged} cells, and there are ${Object.keys(cells).length} columns`;
    return { row, code: "malformed_row", message };
  }
  for (const column of SAID_ONCE) {
    if (cells[column] && cells[column] !== first.cells[column]) {
      const message = `The ${column} is another one than in line ${first.line}, of the same product`;
      return { row, code: "conflicting_rows", message };
    }
  }
  if (cells.status && !(PRODUCT_STATUSES as readonly string[]).includes(cells.status.toUpperCase())) {
    const message = `${shown(cells.status)} is no status: write ${PRODUCT_STATUSES.join(", ")}, or nothing`;
    return { row, code: "invalid_status", message };
  }
  if ("amount" in price) return null;
  const message = ["The price", shown(cells.price), price.flaw].filter(Boolean).join(" ");
  return { row, code: "invalid_price", message };
}

const shown = (cell = ""): string => cell.slice(0, 40);
