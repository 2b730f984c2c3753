import { CannotReplay } from "../errors.ts";
import { parseCustomer, parseDate, parsePence, parseQuantity } from "./parse-values.ts";
import { readRecords } from "./read-records.ts";

/** One readable row. `pence` is undefined for a price that is no whole number of pence; `at` is UTC milliseconds. */
export type Row = {
  invoice: string;
  kind: "sale" | "credit" | "other";
  sku: string;
  description: string;
  quantity: number;
  pence: number | undefined;
  at: number;
  customer: string | undefined;
  country: string;
};

export type SaleLine = Row & { kind: "sale"; pence: number };

export type BadRow = { line: number; problem: string };

type Columns = Record<keyof typeof NAMES, number>;

// The data set was published twice, with two spellings of its header.
const NAMES = {
  invoice: ["invoiceno", "invoice"],
  sku: ["stockcode"],
  description: ["description"],
  quantity: ["quantity"],
  date: ["invoicedate"],
  price: ["unitprice", "price"],
  customer: ["customerid"],
  country: ["country"],
} as const;

const SKU = /^[\x20-\x7e]{1,64}$/;

/**
 * Streams the readable rows of an Online Retail file; each unreadable one goes to `onBadRow` instead.
 *
 * @throws CannotReplay when the file cannot be read or its header lacks a column.
 */
export async function* readRows(file: string, onBadRow: (bad: BadRow) => void): AsyncGenerator<Row> {
  let columns: Columns | undefined;
  let width = 0;
  for await (const record of readRecords(file)) {
    if ("problem" in record) {
      onBadRow(record);
      continue;
    }
    const { line, fields } = record;
    if (!columns) {
      columns = findColumns(file, fields);
      width = fields.length;
      continue;
    }
    if (fields.length === 1 && fields[0]?.trim() === "") continue;
    if (fields.length !== width) {
      onBadRow({ line, problem: `it has ${fields.length} columns, the header names ${width}` });
      continue;
    }
    const row = parseRow(fields, columns);
    if (typeof row === "string") onBadRow({ line, problem: row });
    else yield row;
  }
  if (!columns) throw new CannotReplay(`${file} is empty: not even a header.`);
}

/** The rule of the data set for what was sold: gifts, corrections and credits are no lines. */
export function isSaleLine(row: Row): row is SaleLine {
  return row.kind === "sale" && row.quantity > 0 && row.pence !== undefined && row.pence > 0;
}

/** Reads the fields of one row; a string says why they are unreadable. */
export function parseRow(fields: string[], columns: Columns): Row | string {
  const field = (name: keyof Columns) => fields[columns[name]]?.trim() ?? "";
  const invoice = field("invoice");
  const sku = field("sku");
  const quantity = parseQuantity(field("quantity"));
  const pence = parsePence(field("price"));
  const at = parseDate(field("date"));

  if (invoice === "") return "it has no invoice number";
  if (!SKU.test(sku)) return `"${sku}" is no stock code`;
  if (quantity === undefined) return `the quantity "${field("quantity")}" is no whole number`;
  if (pence === undefined) return `the price "${field("price")}" is no amount`;
  if (at === undefined) return `the date "${field("date")}" is none`;
  return {
    invoice,
    kind: /^\d+$/.test(invoice) ? "sale" : invoice.startsWith("C") ? "credit" : "other",
    sku,
    description: field("description").replace(/\s+/g, " "),
    quantity,
    pence: pence === "fraction" ? undefined : pence,
    at,
    customer: parseCustomer(field("customer")),
    country: field("country"),
  };
}

/** Where each column stands, by the names in the header, in any order and spelling of the published variants. */
export function findColumns(file: string, header: string[]): Columns {
  const names = header.map((name) => name.toLowerCase().replace(/[^a-z]/g, ""));
  const find = (key: keyof Columns) => {
    const index = names.findIndex((name) => (NAMES[key] as readonly string[]).includes(name));
    if (index < 0) throw new CannotReplay(`${file} is not in the Online Retail format: no column ${NAMES[key][0]}.`);
    return index;
  };
  return {
    invoice: find("invoice"),
    sku: find("sku"),
    description: find("description"),
    quantity: find("quantity"),
    date: find("date"),
    price: find("price"),
    customer: find("customer"),
    country: find("country"),
  };
}
