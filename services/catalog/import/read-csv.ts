// A CSV of variants as the items of an import: one row per variant, the rows of one slug are one product; where the slug is
// empty, the rows of one title. What only the first row of a product need say is its title (given a slug), description and status.
import { isCurrency } from "../../../contract/money.ts";
import { PRODUCT_STATUSES } from "../catalog.contract.ts";
import { malformedCsv } from "../errors.ts";
import type { Notice, RawItem } from "./check-items.ts";
import { type Column, columnsOf, type Delimiter, delimiterOf, withoutEmptyEnd } from "./csv-columns.ts";
import { type CsvRecord, cellsOfLine, readRecords } from "./csv-records.ts";
import { type Price, readPrice } from "./read-price.ts";

interface Table {
  delimiter: Delimiter;
  columns: readonly Column[];
}

interface Row {
  /** Its line in the file, where it begins. */
  line: number;
  cells: Partial<Record<Column, string>>;
  price: Price;
  /** How many cells it has, where that is not one for each column. */
  ragged: number | null;
}

/** @throws malformed_csv (400) when the text as a whole cannot be read; then nothing of it is imported */
export function readCsv(text: string): RawItem[] {
  const products = new Map<string, Row[]>();
  for (const row of readRows(text.replace(/^\ufeff/, ""))) {
    const { slug, title } = row.cells;
    const name = slug ? `slug ${slug}` : title ? `title ${title}` : `line ${row.line}`;
    const rows = products.get(name);
    if (rows === undefined) products.set(name, [row]);
    else rows.push(row);
  }
  return [...products.values()].map(itemOf);
}

function* readRows(text: string): Generator<Row> {
  const delimiter = delimiterOf(text);
  let table: Table | undefined;
  for (const record of readRecords(text, delimiter)) {
    if (record.cells.every((cell) => cell === "")) continue;
    if (table === undefined) table = { delimiter, columns: columnsOf(record.cells) };
    else yield rowOf(record, table);
  }
  if (table === undefined) columnsOf([]);
}

function rowOf(record: CsvRecord, table: Table): Row {
  refuseSwallowed(record, table);
  const found = withoutEmptyEnd(record.cells, table.columns.length);
  const cells: Row["cells"] = Object.fromEntries(table.columns.map((column, i) => [column, found[i] ?? ""]));
  return {
    line: record.line,
    cells,
    price: priceOf(cells, table),
    ragged: found.length === table.columns.length ? null : found.length,
  };
}

const priceOf = ({ price = "", currency = "" }: Row["cells"], { delimiter }: Table): Price =>
  readPrice(price, currency, delimiter !== ",");

/**
 * A quote that is not closed in its row may find another one further down, by chance at the end of a cell, and be closed
 * properly by it. The row would then have cells of both rows: nobody writes text of which the first and the last line are rows.
 * @throws malformed_csv (400)
 */
function refuseSwallowed({ line, text }: CsvRecord, table: Table): void {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.length === 1 || !isRow(lines[0] as string, table) || !isRow(lines.at(-1) as string, table)) return;
  throw malformedCsv(
    `Line ${line}: a quote is not closed, and would swallow the rows down to line ${line + lines.length - 1}`,
  );
}

/** Whether a line by itself has all that a row must have. */
function isRow(line: string, table: Table): boolean {
  const found = withoutEmptyEnd(cellsOfLine(line, table.delimiter), table.columns.length);
  if (found.length !== table.columns.length) return false;
  const cells = Object.fromEntries(table.columns.map((column, i) => [column, found[i]?.replaceAll('"', "") ?? ""]));
  return isCurrency(cells.currency ?? "") && "amount" in priceOf(cells, table);
}

function itemOf(rows: Row[]): RawItem {
  const first = rows[0] as Row;
  const { slug, title, description, status } = first.cells;
  return {
    row: first.line,
    variantRows: rows.map(({ line }) => line),
    refused: rows.map((row) => errorOf(row, first)).find((error) => error !== null) ?? null,
    item: {
      ...(slug && { slug }),
      title,
      ...(description && { description }),
      ...(status && { status: status.toUpperCase() }),
      variants: rows.map(({ cells, price }) => ({
        sku: cells.sku,
        ...(cells.variantTitle && { title: cells.variantTitle }),
        price: { amount: "amount" in price ? price.amount : null, currency: cells.currency },
      })),
    },
  };
}

/** What the first row of a product says, and later ones may repeat. */
const SAID_ONCE = ["title", "description", "status"] as const;

function errorOf({ line: row, cells, price, ragged }: Row, first: Row): Notice | null {
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
