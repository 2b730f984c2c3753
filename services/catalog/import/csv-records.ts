// The records of a CSV, as RFC 4180 has them. A cell is quoted when a quote is the first thing in it, so that inch signs further on
// are inch signs. What a quoted cell holds is believed only when it is closed properly: of the usual parsers, strict ones refuse
// inch signs, and lenient ones read on through the rows behind a quote that somebody forgot to close.
import { malformedCsv } from "../errors.ts";

export interface CsvRecord {
  /** Where it begins in the file, from 1. */
  line: number;
  /** Without the blanks around them. */
  cells: string[];
  /** What it was read from, without the line break at its end. */
  text: string;
}

interface Cell {
  text: string;
  /** Behind the cell. */
  end: number;
}

/** @throws malformed_csv (422) that names the line of a quote that is not closed, or has text behind its closing */
export function* readRecords(text: string, delimiter: string): Generator<CsvRecord> {
  let line = 1;
  let start = 0;
  while (start < text.length) {
    const { cells, end } = recordAt(text, start, delimiter, (quote) => refuseQuote(text, quote, start, line));
    const record = { line, cells, text: text.slice(start, end) };
    line += 1 + countBreaks(record.text);
    start = end + breakAt(text, end);
    yield record;
  }
}

/** The cells of one line, where a quote that does not close properly is a sign like any other. */
export const cellsOfLine = (line: string, delimiter: string): string[] =>
  recordAt(line, 0, delimiter, () => undefined).cells;

/** @param onBadQuote what becomes of a quote that opens a cell and does not close it; undefined: it is a sign of the cell */
function recordAt(text: string, start: number, delimiter: string, onBadQuote: (quote: BadQuote) => undefined) {
  const cells: string[] = [];
  let at = start;
  for (;;) {
    const { text: cell, end } = quotedCell(text, at, delimiter, onBadQuote) ?? bareCell(text, at, delimiter);
    cells.push(cell.trim());
    if (text[end] !== delimiter) return { cells, end };
    at = end + 1;
  }
}

/** Of a quote that opens a cell: where it is, and where text follows its closing, if it closes. */
interface BadQuote {
  opened: number;
  textBehind: number | undefined;
}

function quotedCell(
  text: string,
  at: number,
  delimiter: string,
  onBadQuote: (quote: BadQuote) => undefined,
): Cell | undefined {
  const opened = skipSpaces(text, at);
  if (text[opened] !== '"') return undefined;
  let close = text.indexOf('"', opened + 1);
  while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close === -1) return onBadQuote({ opened, textBehind: undefined });
  const end = skipSpaces(text, close + 1);
  if (end < text.length && text[end] !== delimiter && breakAt(text, end) === 0) {
    return onBadQuote({ opened, textBehind: end });
  }
  return { text: text.slice(opened + 1, close).replaceAll('""', '"'), end };
}

function bareCell(text: string, at: number, delimiter: string): Cell {
  let end = at;
  while (end < text.length && text[end] !== delimiter && breakAt(text, end) === 0) end++;
  return { text: text.slice(at, end), end };
}

function skipSpaces(text: string, at: number): number {
  let end = at;
  while (text[end] === " ") end++;
  return end;
}

/** The length of the line break there. */
function breakAt(text: string, at: number): 0 | 1 | 2 {
  if (text[at] === "\n") return 1;
  if (text[at] !== "\r") return 0;
  return text[at + 1] === "\n" ? 2 : 1;
}

const countBreaks = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0;

function refuseQuote(text: string, { opened, textBehind }: BadQuote, start: number, line: number): never {
  const from = line + countBreaks(text.slice(start, opened));
  if (textBehind === undefined) {
    throw malformedCsv(`Line ${from}: a quote opens a cell and is never closed`);
  }
  const to = from + countBreaks(text.slice(opened, textBehind));
  const where = to === from ? "" : ` in line ${to}`;
  throw malformedCsv(
    `Line ${from}: a quote opens a cell, and behind its closing quote${where} there is more text. ` +
      "A cell in quotes ends with them, and a quote inside it is written twice",
  );
}
